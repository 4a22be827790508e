export interface Config {
  /** What this agent was asked for. The offline generator does not know how to build it, so this is a start to go on from. */
  asked: string;
}

export const config: Config = {
  asked: "something",
};
