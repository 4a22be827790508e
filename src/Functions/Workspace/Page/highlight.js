// A small tokenizer: enough to tell comments, strings, numbers, names and words of the language apart. It gives text nodes, never markup.

/** Longer texts are shown without colours: 200,000 characters. */
const maxLength = 200_000;

const words =
  "abstract any as async await boolean break case catch class const continue debugger declare default delete do else enum export extends false finally for from function get if implements import in infer instanceof interface is keyof let namespace never new null number object of override private protected public readonly return satisfies set static string super switch symbol this throw true try type typeof undefined unknown var void while with yield";

const doubleQuoted = String.raw`"(?:[^"\\\n]|\\.)*"?`;
const singleQuoted = String.raw`'(?:[^'\\\n]|\\.)*'?`;
const blockComment = String.raw`\/\*[\s\S]*?(?:\*\/|$)`;

const script = new RegExp(
  [
    String.raw`(?<comment>\/\/[^\n]*|${blockComment})`,
    String.raw`(?<string>${doubleQuoted}|${singleQuoted}|` + "`(?:[^`\\\\]|\\\\[\\s\\S])*`?)",
    String.raw`(?<tag><\/?[A-Za-z][\w.]*(?=[\s>/])|\/>)`,
    String.raw`(?<keyword>\b(?:${words.replaceAll(" ", "|")})\b)`,
    String.raw`(?<number>\b(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)n?\b)`,
    String.raw`(?<call>[A-Za-z_$][\w$]*(?=\())`,
    String.raw`[A-Za-z_$][\w$]*`,
  ].join("|"),
  "g",
);

const json = new RegExp(
  [String.raw`(?<property>"(?:[^"\\\n]|\\.)*"(?=\s*:))`, `(?<string>${doubleQuoted})`, String.raw`(?<keyword>\b(?:true|false|null)\b)`, String.raw`(?<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)`].join("|"),
  "g",
);

const css = new RegExp(
  [
    `(?<comment>${blockComment})`,
    `(?<string>${doubleQuoted}|${singleQuoted})`,
    String.raw`(?<keyword>@[\w-]+|!important)`,
    String.raw`(?<property>--[\w-]+|[a-z-]+(?=:\s))`,
    String.raw`(?<number>#[\da-fA-F]{3,8}\b|-?(?:\d+\.?\d*|\.\d+)(?:[a-z]+|%)?)`,
    String.raw`(?<call>[\w-]+(?=\())`,
    String.raw`[\w-]+`,
  ].join("|"),
  "g",
);

const markdown = new RegExp(
  ["(?<string>^```[\\s\\S]*?(?:^```|(?![\\s\\S]))|`[^`\\n]+`)", String.raw`(?<keyword>^#{1,6} .*$|\*\*[^*\n]+\*\*)`, String.raw`(?<number>^\s{0,8}(?:[-*+]|\d{1,3}\.)(?= ))`, String.raw`(?<call>\[[^\]\n]*\]\([^)\n]*\))`].join("|"),
  "gm",
);

const hashWords =
  "and as assert async await begin break case class continue def del do done elif else elsif end esac except export False false fi finally for from function global if import in is lambda local module None not null or pass raise require rescue return self then True true try unless until when while with yield";

const hash = new RegExp(
  [
    String.raw`(?<comment>#[^\n]*)`,
    `(?<string>${doubleQuoted}|${singleQuoted})`,
    String.raw`(?<property>^[ \t]*(?:-[ \t]+)?[A-Za-z_][\w.-]*(?=:(?:\s|$)))`,
    String.raw`(?<keyword>\b(?:${hashWords.replaceAll(" ", "|")})\b)`,
    String.raw`(?<number>\b\d[\d_]*(?:\.\d+)?\b)`,
    String.raw`(?<call>[A-Za-z_]\w*(?=\())`,
    String.raw`[A-Za-z_]\w*`,
  ].join("|"),
  "gm",
);

const curly = ["c", "cc", "cpp", "cs", "dart", "go", "h", "hpp", "java", "kt", "php", "rs", "scala", "swift"];
const withHash = ["bash", "ini", "ps1", "py", "rb", "sh", "toml", "yaml", "yml"];

const languages = {
  ...Object.fromEntries([...curly.map((extension) => [extension, script]), ...withHash.map((extension) => [extension, hash])]),
  ts: script,
  tsx: script,
  js: script,
  jsx: script,
  mjs: script,
  json,
  css,
  md: markdown,
};

/** The parts of a text, in order, as `[kind, text]`; kind is "" for what has no colour. */
export function* tokens(text, extension) {
  const pattern = text.length <= maxLength && Object.hasOwn(languages, extension) ? languages[extension] : undefined;
  let end = 0;
  for (const match of pattern ? text.matchAll(pattern) : []) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    if (!kind || match[0] === "") {
      continue;
    }

    if (match.index > end) {
      yield ["", text.slice(end, match.index)];
    }

    yield [kind, match[0]];
    end = match.index + match[0].length;
  }

  if (end < text.length) {
    yield ["", text.slice(end)];
  }
}

/** A text as lines of coloured spans. */
export function lines(text, extension) {
  const all = [];
  let line = newLine();
  for (const [kind, part] of tokens(text, extension)) {
    part.split("\n").forEach((piece, index) => {
      if (index > 0) {
        all.push(line);
        line = newLine();
      }

      if (piece !== "") {
        line.append(kind ? colored(kind, piece) : piece);
      }
    });
  }

  if (line.hasChildNodes() || all.length === 0) {
    all.push(line);
  }

  return all;
}

function newLine() {
  const line = document.createElement("span");
  line.className = "line";
  return line;
}

function colored(kind, text) {
  const span = document.createElement("span");
  span.className = `t-${kind}`;
  span.textContent = text;
  return span;
}

/** A block of code that the keyboard can scroll. */
export function codeBlock(text, extension, label) {
  const block = document.createElement("pre");
  block.className = "code";
  block.tabIndex = 0;
  block.setAttribute("role", "region");
  block.setAttribute("aria-label", label);
  block.append(...lines(text, extension));
  return block;
}
