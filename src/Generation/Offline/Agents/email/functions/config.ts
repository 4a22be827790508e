/** What sends an e-mail; a draft is only returned. */
export type Service = "draft" | "resend" | "sendGrid";

export interface Config {
  service: Service;
  /** Whom it goes to when the input does not say; empty for nobody. */
  to: string;
  /** Whom it comes from; empty for the service's own default. */
  from: string;
  subject: string;
  /** Whether the subject has places for the input's name and topic. */
  fillsSubject: boolean;
  /** One for each day, from the first again after the last. */
  texts: readonly string[];
  /** Whether the texts have places for the input's name and topic. */
  fillsTexts: boolean;
}

export const config: Config = {
  service: "resend",
  to: "ada@example.com",
  from: "onboarding@resend.dev",
  subject: "About {topic}",
  fillsSubject: true,
  texts: ["Hello {name},\n\n{topic}"],
  fillsTexts: true,
};
