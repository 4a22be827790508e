// Runs one agent's function in this process and this realm: see DenoSandbox.cs for the process, SandboxFrame.cs for the frames.
//
// From the moment the agent's code is loaded, every object that code can reach may have been changed by it. So whatever touches the channel uses only what is
// captured here: no method is looked up on an object, nothing is iterated, no promise is awaited. What handles the code's own values may run its getters; all
// that they can reach is the code's own affair. Whatever is said over the channel, the parent keeps every limit itself.
"use strict";
{
  const { apply, ownKeys, deleteProperty, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
  const uncurry = (method) => (self, ...rest) => apply(method, self, rest);
  const getter = (prototype, name) => uncurry(getOwnPropertyDescriptor(prototype, name).get);
  const bytesPrototype = getPrototypeOf(Uint8Array.prototype);
  const byteLength = getter(bytesPrototype, "byteLength");
  const bufferOf = getter(bytesPrototype, "buffer");
  const setBytes = uncurry(bytesPrototype.set);
  const fillBytes = uncurry(bytesPrototype.fill);
  const then = uncurry(Promise.prototype.then);
  const encoder = new TextEncoder();
  const encode = uncurry(TextEncoder.prototype.encode);
  const decoder = new TextDecoder();
  const decode = uncurry(TextDecoder.prototype.decode);
  const slice = uncurry(String.prototype.slice);
  const indexOf = uncurry(String.prototype.indexOf);
  const mapGet = uncurry(Map.prototype.get);
  const mapSet = uncurry(Map.prototype.set);
  const mapDelete = uncurry(Map.prototype.delete);
  const reasonOf = getter(PromiseRejectionEvent.prototype, "reason");
  const errorOf = getter(ErrorEvent.prototype, "error");
  const preventDefault = uncurry(Event.prototype.preventDefault);
  const listen = uncurry(EventTarget.prototype.addEventListener);
  const createUrl = URL.createObjectURL;
  const bytes = Uint8Array;
  const NativeMap = Map;
  const NativePromise = Promise;
  const NativeTypeError = TypeError;
  const NativeRequest = Request;
  const NativeResponse = Response;
  const ErrorClass = Error;
  const NativeBlob = Blob;
  const { parse, stringify } = JSON;
  const { freeze, create } = Object;
  const { min } = Math;
  const isArray = Array.isArray;
  const text = String;
  const number = Number;
  const later = setTimeout;
  const now = performance.now.bind(performance);
  const { inspect, stdin, stdout, exit } = Deno;
  const read = uncurry(stdin.read);
  const readNow = uncurry(stdin.readSync);
  const writeNow = uncurry(stdout.writeSync);

  const READY = 0x53;
  const LOG = 0x4c;
  const REQUEST = 0x51;
  const RESULT = 0x52;
  const THREW = 0x54;
  const INVALID_PROGRAM = 0x50;
  const INVALID_OUTPUT = 0x4f;
  const TOO_LARGE = 0x47;
  const RESPONSE = 0x41;
  const REFUSAL = 0x45;

  const NONCE_BYTES = 32;
  const HEAD_BYTES = NONCE_BYTES + 5;

  // ---- the channel

  const readExactly = (length) => {
    const all = new bytes(length);
    for (let at = 0; at < length;) {
      const got = readNow(stdin, new bytes(bufferOf(all), at));
      if (got === null) {
        exit(1);
      }
      at += got;
    }
    return all;
  };
  const uint32 = (from, at) => (from[at] | (from[at + 1] << 8) | (from[at + 2] << 16) | (from[at + 3] << 24)) >>> 0;

  const nonce = readExactly(NONCE_BYTES);
  const start = parse(decode(decoder, readExactly(uint32(readExactly(4), 0))));

  /** Writes nonce, length, kind and body. The frame's bytes are never given to anything but the native write. */
  const send = (kind, body) => {
    const length = byteLength(body);
    const frame = new bytes(HEAD_BYTES + length);
    setBytes(frame, nonce, 0);
    frame[NONCE_BYTES] = length;
    frame[NONCE_BYTES + 1] = length >>> 8;
    frame[NONCE_BYTES + 2] = length >>> 16;
    frame[NONCE_BYTES + 3] = length >>> 24;
    frame[NONCE_BYTES + 4] = kind;
    setBytes(frame, body, HEAD_BYTES);
    for (let at = 0; at < HEAD_BYTES + length;) {
      at += writeNow(stdout, new bytes(bufferOf(frame), at));
    }
    fillBytes(frame, 0);
  };
  const sendText = (kind, message) => send(kind, encode(encoder, message));

  let ended = false;
  const end = (kind, message) => {
    if (!ended) {
      ended = true;
      sendText(kind, message);
    }
    exit(0);
  };

  // ---- what is thrown

  let program = "";
  /** The text with the program's address, which is new in every run, replaced by a name that can be read. */
  const readable = (message) => {
    const size = program.length;
    let rest = message;
    let done = "";
    for (let at = indexOf(rest, program); at >= 0; at = indexOf(rest, program)) {
      done += slice(rest, 0, at) + "agent.js";
      rest = slice(rest, at + size);
    }
    return done + rest;
  };
  /** An error's stack, or else the value as text. Getters, toString and proxies of the code may run, throw and lie. */
  const describe = (value) => {
    let message = "";
    try {
      if (typeof value === "object" && value !== null || typeof value === "function") {
        const stack = value.stack;
        if (typeof stack === "string") {
          message = stack;
        } else {
          const own = value.message;
          message = typeof own === "string" ? own : inspect(value);
        }
      } else {
        message = text(value);
      }
    } catch {
      message = "A value was thrown that cannot be shown.";
    }
    if (typeof message !== "string" || message === "") {
      message = "An error without a message was thrown.";
    }
    try {
      return readable(slice(message, 0, start.errorLength));
    } catch {
      return "An error was thrown that cannot be shown.";
    }
  };
  const fail = (value) => end(THREW, describe(value));

  // ---- console

  let logged = 0;
  const log = (line) => {
    // The parent cuts at the limit; what is far past it need not be sent.
    if (logged <= start.logBytes && !ended) {
      const body = encode(encoder, readable(slice(line, 0, start.logBytes + 1)));
      logged += byteLength(body) + 1;
      send(LOG, body);
    }
  };
  const show = (value) => typeof value === "string" ? value : inspect(value, { colors: false, depth: 6 });
  const print = (...values) => {
    let line = "";
    for (let i = 0; i < values.length; i++) {
      line += (i === 0 ? "" : " ") + show(values[i]);
    }
    log(line);
  };
  const counts = new NativeMap();
  const clocks = new NativeMap();
  const timeOf = (label, detail) => {
    const from = mapGet(clocks, label);
    log(from === undefined ? `Timer '${label}' does not exist` : `${label}: ${now() - from}ms${detail}`);
  };
  const consoleOfCode = {
    log: print, info: print, debug: print, warn: print, error: print, dir: (value) => log(show(value)), dirxml: print, table: (value) => log(show(value)),
    trace: (...values) => {
      print(...values);
      const here = {};
      ErrorClass.captureStackTrace(here);
      log(text(here.stack));
    },
    assert: (condition, ...values) => condition ? undefined : print("Assertion failed", ...values),
    group: print, groupCollapsed: print, groupEnd: () => {},
    count: (label = "default") => {
      const count = (mapGet(counts, text(label)) ?? 0) + 1;
      mapSet(counts, text(label), count);
      log(`${text(label)}: ${count}`);
    },
    countReset: (label = "default") => void mapDelete(counts, text(label)),
    time: (label = "default") => void mapSet(clocks, text(label), now()),
    timeLog: (label = "default", ...values) => {
      timeOf(text(label), "");
      if (values.length > 0) {
        print(...values);
      }
    },
    timeEnd: (label = "default") => {
      timeOf(text(label), "");
      mapDelete(clocks, text(label));
    },
    clear: () => {},
  };

  // ---- fetch

  const waiting = new NativeMap();
  let outstanding = 0;
  let requests = 0;
  let reading = false;

  /** Reads whole answers as long as any is awaited, and no longer: a pending read would keep a run alive that has nothing left to do. */
  const receive = (into, at, size, done) => {
    if (at === size) {
      done(into);
      return;
    }
    then(read(stdin, new bytes(bufferOf(into), at)), (got) => got === null ? exit(1) : receive(into, at + got, size, done), () => exit(1));
  };
  const receiveNext = () => {
    reading = outstanding > 0;
    if (reading) {
      receive(new bytes(4), 0, 4, (head) => {
        const size = uint32(head, 0);
        receive(new bytes(size), 0, size, (frame) => {
          answer(frame, size);
          receiveNext();
        });
      });
    }
  };
  const answer = (frame, size) => {
    const id = uint32(frame, 1);
    const headLength = uint32(frame, 5);
    const settle = mapGet(waiting, id);
    mapDelete(waiting, id);
    outstanding--;
    const head = parse(decode(decoder, new bytes(bufferOf(frame), 9, headLength)));
    if (frame[0] === RESPONSE) {
      settle.resolve({ head, body: new bytes(bufferOf(frame), 9 + headLength, size - 9 - headLength) });
    } else {
      settle.reject(new NativeTypeError(head.message));
    }
  };
  const exchange = (head, body) => new NativePromise((resolve, reject) => {
    const id = ++requests;
    const headBytes = encode(encoder, head);
    const headLength = byteLength(headBytes);
    const bodyLength = byteLength(body);
    if (id > start.maxRequests) {
      throw new NativeTypeError(`A run may make ${start.maxRequests} requests and no more`);
    }
    if (headLength > start.maxRequestHeadBytes) {
      throw new NativeTypeError(`The address and headers of a request may have ${start.maxRequestHeadBytes} bytes together`);
    }
    if (bodyLength > start.maxRequestBodyBytes) {
      throw new NativeTypeError(`The body of a request may have ${start.maxRequestBodyBytes} bytes`);
    }
    const frame = new bytes(8 + headLength + bodyLength);
    for (let i = 0; i < 4; i++) {
      frame[i] = id >>> (8 * i);
      frame[4 + i] = headLength >>> (8 * i);
    }
    setBytes(frame, headBytes, 8);
    setBytes(frame, body, 8 + headLength);
    mapSet(waiting, id, { __proto__: null, resolve, reject });
    outstanding++;
    send(REQUEST, frame);
    if (!reading) {
      receiveNext();
    }
  });
  // From here on only values of the code itself are handled.
  const fetchOfCode = async (input, init) => {
    if (!start.network) {
      throw new NativeTypeError("network access is not granted");
    }
    const request = new NativeRequest(input, init);
    if (request.redirect === "manual") {
      throw new NativeTypeError("redirect: \"manual\" is not offered: redirects are followed, each address checked");
    }
    request.signal.throwIfAborted();
    const headers = [];
    for (const [name, value] of request.headers) {
      headers.push([name, value]);
    }
    const body = request.body === null ? new bytes(0) : new bytes(await request.arrayBuffer());
    const exchanged = exchange(stringify({ method: request.method, url: request.url, headers }), body);
    const aborted = new NativePromise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason), { once: true }));
    const { head, body: received } = await NativePromise.race([exchanged, aborted]);
    if (request.redirect === "error" && head.url !== request.url) {
      throw new NativeTypeError(`${request.url} redirects`);
    }
    const empty = head.status === 204 || head.status === 205 || head.status === 304;
    const response = new NativeResponse(empty ? null : received, { status: head.status, headers: head.headers });
    defineProperty(response, "url", { value: head.url, enumerable: true });
    defineProperty(response, "redirected", { value: head.url !== request.url, enumerable: true });
    return response;
  };

  // ---- imports, of which a program has none: it is one module

  const REFUSAL_OF_IMPORTS = "an agent cannot import anything while it runs";
  /** What is imported here, and all that may be until the agent's code is linked. */
  const own = create(null);
  let ownResolved = 0;
  let linked = false;

  let makesCodeOfStrings = true;
  try {
    eval("0");
  } catch {
    makesCodeOfStrings = false;
  }
  if (makesCodeOfStrings) {
    throw new Error("V8 makes code of strings, so an import could come into being that the program's text does not have");
  }
  // No import comes to be without this word, which no escape can spell. Where it stands it may be one, or a part of a text: then a hook refuses every import. To
  // have it always would cost half the time that it takes to start.
  const mayImport = /(?<![\w$])import(?![\w$])/.test(start.code);
  if (mayImport) {
    const resolveOwn = (specifier) => {
      if (own[specifier] !== true) {
        throw REFUSAL_OF_IMPORTS;
      }
      ownResolved++;
      return { __proto__: null, url: specifier, shortCircuit: true };
    };
    // Deno asks its list of hooks before it resolves any specifier, known or not. Before it calls one it puts it into an array, where a setter that the agent's code
    // has defined for all arrays could take its place. So the list itself is taken, and once that code runs, reading the hook already throws.
    let hooks;
    defineProperty(Array.prototype, 0, {
      configurable: true,
      set(value) {
        if (value.resolve === resolveOwn) {
          hooks = this;
        }
        defineProperty(this, 0, { value, writable: true, enumerable: true, configurable: true });
      },
    });
    process.getBuiltinModule("node:module").registerHooks({ resolve: resolveOwn });
    deleteProperty(Array.prototype, 0);
    defineProperty(hooks, 0, {
      value: freeze({
        __proto__: null,
        get resolve() {
          if (linked) {
            throw REFUSAL_OF_IMPORTS;
          }
          return resolveOwn;
        },
        load: null,
      }),
    });
    freeze(hooks);
  }

  // ---- the realm, without what an agent has no need of

  const kept = new Set([
    "Object", "Function", "Array", "Number", "parseFloat", "parseInt", "Infinity", "NaN", "undefined", "Boolean", "String", "Symbol", "Date", "Promise", "RegExp",
    "Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError", "SuppressedError", "globalThis", "JSON", "Math",
    "Intl", "ArrayBuffer", "Uint8Array", "Int8Array", "Uint16Array", "Int16Array", "Uint32Array", "Int32Array", "BigUint64Array", "BigInt64Array",
    "Uint8ClampedArray", "Float16Array", "Float32Array", "Float64Array", "DataView", "Map", "BigInt", "Set", "Iterator", "WeakMap", "WeakSet", "WeakRef", "Proxy",
    "Reflect", "DisposableStack", "AsyncDisposableStack", "Temporal", "decodeURI", "decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "unescape",
    "eval", "isFinite", "isNaN", "WebAssembly",
    // What entry/agent.d.ts of the compiler declares beside the language.
    "AbortController", "AbortSignal", "DOMException", "Headers", "Request", "Response", "TextDecoder", "TextEncoder", "URL", "URLSearchParams", "atob", "btoa",
    "clearInterval", "clearTimeout", "crypto", "performance", "queueMicrotask", "setInterval", "setTimeout", "structuredClone",
  ]);
  listen(globalThis, "unhandledrejection", (event) => {
    preventDefault(event);
    fail(reasonOf(event));
  });
  listen(globalThis, "error", (event) => {
    preventDefault(event);
    fail(errorOf(event));
  });
  // Deno loads parts of itself when they are first asked for. After the agent's code has changed the realm it would do so with what that code left there: so all
  // that is kept is loaded now, although timers and requests cost a third of the time that it takes to start.
  for (const name of kept) {
    void globalThis[name];
  }
  inspect(new NativeResponse(""));
  AbortSignal.timeout(0);
  for (const name of ownKeys(globalThis)) {
    // Symbols are Deno's own: without them the two listeners above would not be called.
    if (typeof name === "string" && !kept.has(name) && !deleteProperty(globalThis, name)) {
      throw new Error(`${name} cannot be taken away`);
    }
  }
  deleteProperty(URL, "createObjectURL");
  deleteProperty(URL, "revokeObjectURL");
  for (const [name, value] of [["console", consoleOfCode], ["fetch", fetchOfCode], ["self", globalThis]]) {
    defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }

  // ---- the run

  const loaded = "__loaded_" + text(crypto.randomUUID());
  defineProperty(globalThis, loaded, {
    configurable: true,
    value: () => {
      // Had the hook not been asked for these three, it would not be asked for others.
      if (mayImport && ownResolved < 3) {
        exit(1);
      }
      linked = true;
      deleteProperty(globalThis, loaded);
    },
  });
  program = createUrl(new NativeBlob([start.code], { type: "application/javascript" }));
  // Modules are evaluated in the order of their imports, and none before all are linked: what is thrown before the mark is no error of running code.
  const mark = `data:application/javascript,globalThis['${loaded}']()`;
  const entry = createUrl(new NativeBlob([`import "${mark}";\nexport * as agent from "${program}";`], { type: "application/javascript" }));
  own[mark] = own[program] = own[entry] = true;
  const secrets = create(null);
  for (const name of ownKeys(start.secrets)) {
    secrets[name] = start.secrets[name];
  }
  const context = freeze({ ...start.context, secrets: freeze(secrets) });
  const input = start.input;

  const finish = (output) => {
    let json;
    try {
      json = output === undefined ? "null" : stringify(output);
    } catch (error) {
      end(INVALID_OUTPUT, describe(error));
    }
    if (typeof json !== "string") {
      end(INVALID_OUTPUT, `A ${typeof output} is not JSON.`);
    }
    // A character is a byte or more; what is too large is not worth the memory to encode it.
    if (json.length > start.outputBytes) {
      end(TOO_LARGE, "");
    }
    // A rejection that nobody handles goes before the result. It is reported in the event loop's next turn, but after the timers that are due in it; before those of the turn after it.
    later(() => later(() => end(RESULT, json), 0), 0);
  };
  const call = (module) => {
    const main = module.agent.default;
    if (typeof main !== "function") {
      end(INVALID_PROGRAM, "The module has no function as its default export.");
    }
    let output;
    try {
      output = main(input, context);
    } catch (error) {
      fail(error);
    }
    // The constructor's resolve, not await: a promise of the code is asked for its "then", as everywhere, and for nothing else.
    then(new NativePromise((resolve) => resolve(output)), finish, fail);
  };

  send(READY, new bytes(0));
  then(import(entry), call, (error) => linked ? fail(error) : end(INVALID_PROGRAM, describe(error)));
}
