export interface Config {
  /** The template; {{name}} is a place that the input fills. */
  text: string;
}

export const config: Config = {
  text: "Hello, {{name}}!",
};
