export type Operator = "+" | "−" | "×" | "÷";
export type Key = Operator | "C" | "⌫" | "%" | "±" | "." | "=" | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";

export interface State {
  /** What is being typed, as typed. */
  entry: string;
  /** True when the next digit begins a new number. */
  isResult: boolean;
  /** True right after an operator, which another one then replaces. */
  awaitsRight: boolean;
  left: number | null;
  operator: Operator | null;
}

export const cleared: State = { entry: "0", isResult: true, awaitsRight: false, left: null, operator: null };

export const keys: { key: Key; name?: string; style: string }[] = [
  { key: "C", name: "Clear", style: "quiet" },
  { key: "⌫", name: "Delete last digit", style: "quiet" },
  { key: "%", name: "Percent", style: "quiet" },
  { key: "÷", name: "Divide by", style: "" },
  { key: "7", style: "quiet" },
  { key: "8", style: "quiet" },
  { key: "9", style: "quiet" },
  { key: "×", name: "Times", style: "" },
  { key: "4", style: "quiet" },
  { key: "5", style: "quiet" },
  { key: "6", style: "quiet" },
  { key: "−", name: "Minus", style: "" },
  { key: "1", style: "quiet" },
  { key: "2", style: "quiet" },
  { key: "3", style: "quiet" },
  { key: "+", name: "Plus", style: "" },
  { key: "±", name: "Change sign", style: "quiet" },
  { key: "0", style: "quiet" },
  { key: ".", name: "Decimal point", style: "quiet" },
  { key: "=", name: "Equals", style: "" },
];

const maxDigits = 15;
const typed: Record<string, Key> = { "-": "−", "*": "×", "/": "÷", ",": ".", Backspace: "⌫", Delete: "C", Escape: "C" };

/** The calculator's key for a key of the keyboard. */
export function keyOf(name: string): Key | undefined {
  return typed[name] ?? keys.find(({ key }) => key === name)?.key;
}

export function press(state: State, key: Key): State {
  const value = Number(state.entry);
  switch (key) {
    case "C":
      return cleared;
    case "⌫":
      return state.isResult ? { ...state, entry: "0" } : { ...state, entry: /^-?.$/.test(state.entry) ? "0" : state.entry.slice(0, -1) };
    case "±":
      return { ...state, entry: state.entry.startsWith("-") ? state.entry.slice(1) : state.entry === "0" ? "0" : `-${state.entry}` };
    case "%":
      // As on a pocket calculator: 200 + 10 % adds ten percent of 200.
      return { ...state, isResult: true, awaitsRight: false, entry: text((state.operator === "+" || state.operator === "−") && state.left !== null ? (state.left * value) / 100 : value / 100) };
    case "+":
    case "−":
    case "×":
    case "÷": {
      if (state.awaitsRight) {
        return { ...state, operator: key };
      }

      const left = state.operator === null || state.left === null ? value : calculate(state.left, state.operator, value);
      return { entry: text(left), isResult: true, awaitsRight: true, left, operator: key };
    }
    case "=":
      return state.operator === null || state.left === null
        ? { ...state, isResult: true, awaitsRight: false }
        : { entry: text(calculate(state.left, state.operator, value)), isResult: true, awaitsRight: false, left: null, operator: null };
    case ".":
      return state.isResult ? { ...state, entry: "0.", isResult: false, awaitsRight: false } : state.entry.includes(".") ? state : { ...state, entry: `${state.entry}.` };
    default:
      if (state.isResult || state.entry === "0") {
        return { ...state, entry: key, isResult: false, awaitsRight: false };
      }

      return state.entry.replace(/\D/g, "").length >= maxDigits ? state : { ...state, entry: state.entry + key };
  }
}

function calculate(left: number, operator: Operator, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "−":
      return left - right;
    case "×":
      return left * right;
    case "÷":
      return left / right;
  }
}

/** A result with twelve significant digits, which hides binary rounding such as 0.1 + 0.2. */
function text(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(12))) : "NaN";
}

export function shown({ entry }: State): string {
  return Number.isNaN(Number(entry)) ? "Not a number" : entry.replace("-", "−");
}

export function pending({ left, operator }: State): string {
  return operator === null || left === null ? "" : `${text(left).replace("-", "−")} ${operator}`;
}
