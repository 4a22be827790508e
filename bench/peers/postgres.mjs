import pg from 'pg';

const user = 'postgres';

/** How to reach the PostgreSQL whose socket is in a folder. */
export const connectionOf = (folder) => ({ host: folder, user, database: user });
export const urlOf = (folder, database) => `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(folder)}`;

/** The settings as the server itself has them, so that the table cannot claim others. */
export async function describePostgres(folder) {
  const client = new pg.Client(connectionOf(folder));
  await client.connect();
  const show = async (name) => (await client.query(`SHOW ${name}`)).rows[0][name];
  const [version] = (await show('server_version')).split(' ');
  const description = `PostgreSQL ${version} (fsync ${await show('fsync')}, synchronous_commit ${await show('synchronous_commit')})`;
  await client.end();
  return description;
}
