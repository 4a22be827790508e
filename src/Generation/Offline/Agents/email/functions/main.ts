import { config } from "./config";
import { send, type Email } from "./send";

interface Input {
  to?: string;
  subject?: string;
  /** Whom the e-mail addresses, and what it is about. */
  name?: string;
  topic?: string;
}

interface Output extends Email {
  sent: boolean;
}

/** Puts the input's name and topic where the text has their places. */
const fill = (template: string, input: Input): string =>
  template.replaceAll("{name}", () => input.name ?? "there").replaceAll("{topic}", () => input.topic ?? "our last talk");

/** Writes the e-mail, and sends it unless it is to be a draft. */
export default async (input: Input, context: AgentContext): Promise<Output> => {
  const day = Math.floor(Date.parse(context.now) / 86_400_000);
  const text = config.texts[day % config.texts.length] ?? "";
  const email: Email = {
    to: input.to ?? config.to,
    subject: input.subject ?? (config.fillsSubject ? fill(config.subject, input) : config.subject),
    text: config.fillsTexts ? fill(text, input) : text,
  };
  if (config.service === "draft") {
    return { ...email, sent: false };
  }

  if (email.to === "") {
    throw new Error("Nobody to write to: give the input \"to\", or name an address in the next prompt.");
  }

  await send(email, context.secrets);
  console.log(`Sent "${email.subject}"`);
  return { ...email, sent: true };
};
