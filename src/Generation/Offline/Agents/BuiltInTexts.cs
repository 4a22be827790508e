using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Agents;

/// <summary>What an agent can say without asking anybody: our own jokes, old proverbs, plain facts.</summary>
internal static class BuiltInTexts
{
    public static readonly PromptPattern JokeWords = new(@"\b(?:jokes?|puns?|funny|something funny)\b");
    public static readonly PromptPattern QuoteWords = new(@"\b(?:quotes?|quotations?|proverbs?|sayings|inspiration\w*|motivation\w*|wisdom|affirmations?)\b");
    public static readonly PromptPattern FactWords = new(@"\b(?:facts?|trivia)\b");

    public static IReadOnlyList<string> Jokes { get; } =
    [
        "Why do programmers prefer dark mode? Because light attracts bugs.",
        "I told my computer I needed a break. It said: no problem, I will go to sleep.",
        "There are 10 kinds of people: those who understand binary and those who do not.",
        "Why did the scarecrow win a prize? He was outstanding in his field.",
        "I would tell you a joke about UDP, but you might not get it.",
        "What do you call a fish without eyes? A fsh.",
        "Why was the maths book sad? It had too many problems.",
        "A SQL query walks into a bar, goes up to two tables and asks: may I join you?",
        "What did the zero say to the eight? Nice belt.",
        "Why can you never trust an atom? They make up everything.",
        "How does a penguin build its house? Igloos it together.",
        "I have a joke about construction, but I am still working on it.",
    ];

    public static IReadOnlyList<string> Quotes { get; } =
    [
        "A journey of a thousand miles begins with a single step.",
        "Fall seven times, stand up eight.",
        "The best time to plant a tree was twenty years ago. The second best time is now.",
        "Little by little, the bird builds its nest.",
        "He who asks is a fool for five minutes; he who does not ask remains one for ever.",
        "Measure twice, cut once.",
        "Many hands make light work.",
        "Where there is a will, there is a way.",
        "A smooth sea never made a skilled sailor.",
        "Better an ounce of practice than a pound of theory.",
        "When the wind of change blows, some build walls, others windmills.",
        "What is worth doing is worth doing well.",
    ];

    public static IReadOnlyList<string> Facts { get; } =
    [
        "Honey does not spoil when it is kept closed and dry.",
        "An octopus has three hearts.",
        "Light from the Sun takes about eight minutes to reach the Earth.",
        "Bananas are berries, strawberries are not.",
        "The Eiffel Tower is about 15 cm taller on a hot day.",
        "A day on Venus is longer than its year.",
        "Wombats leave droppings in the shape of cubes.",
        "Water is densest at 4 °C, so lakes freeze from the top.",
        "Sharks are older than trees.",
        "A group of flamingos is called a flamboyance.",
        "There are more possible games of chess than atoms in the observable universe.",
        "Scotland's national animal is the unicorn.",
    ];
}
