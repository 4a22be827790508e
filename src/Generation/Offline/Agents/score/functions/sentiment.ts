const worth = (points: number, words: string): [string, number][] => words.split(" ").map((word) => [word, points]);

/** Friendly and unfriendly words. */
export const friendliness: ReadonlyMap<string, number> = new Map([
  ...worth(2, "amazing awesome brilliant excellent fantastic great love loved perfect superb wonderful"),
  ...worth(1, "better clean easy fast fine friendly fun good happy helpful like liked nice pleased pleasant quick recommend reliable satisfied smooth thank thanks works"),
  ...worth(
    -1,
    "angry bad bug bugs broken complicated confusing difficult dirty disappointed disappointing error errors expensive fail failed fails late poor problem problems rude slow sad " +
      "ugly unhappy wrong",
  ),
  ...worth(-2, "awful disgusting hate hated horrible terrible unacceptable useless worst"),
]);

/** Turns what the next two words are worth around. */
export const negations: ReadonlySet<string> = new Set(["not", "no", "never", "don't", "doesn't", "didn't", "isn't", "wasn't", "without"]);
