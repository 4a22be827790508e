export default async ({ word }: { word: string }) => ({ haiku: `Silent as the ${word}\nan old pond waits for the frog\nmorning holds its breath` });
