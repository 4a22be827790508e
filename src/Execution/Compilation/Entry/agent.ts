import main from "../sources/functions/main.ts";

// Whatever input the function asks for is its own affair: a run validates it against the schema of agent.json.
export default main satisfies (input: any, context: AgentContext) => unknown;
