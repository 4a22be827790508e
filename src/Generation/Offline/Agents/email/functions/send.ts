import { config } from "./config";

export interface Email {
  to: string;
  subject: string;
  text: string;
}

type Secrets = AgentContext["secrets"];

/** Sends by the service of the configuration. An admin must grant the agent the service's host. */
export async function send(email: Email, secrets: Secrets): Promise<void> {
  switch (config.service) {
    case "draft":
      throw new Error("A draft is not sent.");
    case "resend":
      return await post("Resend", "https://api.resend.com/emails", secret(secrets, "RESEND_API_KEY"), {
        from: config.from,
        to: [email.to],
        subject: email.subject,
        text: email.text,
      });
    case "sendGrid":
      return await post("SendGrid", "https://api.sendgrid.com/v3/mail/send", secret(secrets, "SENDGRID_API_KEY"), {
        personalizations: [{ to: [{ email: email.to }] }],
        from: { email: config.from === "" ? email.to : config.from },
        subject: email.subject,
        content: [{ type: "text/plain", value: email.text }],
      });
  }
}

function secret(secrets: Secrets, name: string): string {
  const value = secrets[name];
  if (value === undefined) {
    throw new Error(`The secret ${name} is not set.`);
  }

  return value;
}

async function post(service: string, url: string, key: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Authorization": `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`${service} refused the e-mail: ${response.status} ${await response.text()}`);
  }
}
