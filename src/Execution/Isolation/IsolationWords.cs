namespace Jobs.Execution.Isolation;

/// <summary>The words of <see cref="IsolationLevel"/>, in settings, logs and answers.</summary>
public static class IsolationWords
{
    /// <summary>All words, the weakest first.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<IsolationLevel>().Select(WordOf)];

    /// <summary>The word of a level.</summary>
    public static string WordOf(this IsolationLevel level) => level switch
    {
        IsolationLevel.None => "none",
        IsolationLevel.RootDirectory => "root-directory",
        IsolationLevel.Namespaces => "namespaces",
        IsolationLevel.Full => "full",
    };

    /// <summary>The level of a word; null for any other text.</summary>
    public static IsolationLevel? LevelOf(string word) => All.ToList().IndexOf(word) is >= 0 and var level ? (IsolationLevel)level : null;
}
