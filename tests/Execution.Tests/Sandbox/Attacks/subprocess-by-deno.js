// expect: Threw
// message: ReferenceError: Deno is not defined
export default async () => new TextDecoder().decode((await new Deno.Command("/bin/cat", { args: ["/etc/passwd"] }).output()).stdout);
