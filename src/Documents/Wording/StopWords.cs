using System.Collections.Frozen;

namespace Jobs.Documents.Wording;

/// <summary>English words that say nothing about what a sentence is about. Negations are among them: whoever needs them looks for them in the text.</summary>
internal static class StopWords
{
    private static readonly FrozenSet<string> All = (
        "a an the this that these those and or but nor so yet if then else than as at by for from in into of off on onto out over to toward towards under up upon via with within " +
        "without about above after again against all also am any are aren't be because been before being below between both can cannot could did do does doing down during each few " +
        "further had has have having he her here hers him his how i is it its itself just may me might more most must my no not now only other our ours own per same shall she should " +
        "some such their theirs them there they through too until very was we were what when where which while who whom why will would you your yours not don't doesn't didn't isn't " +
        "won't can't s t etc").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a word in lower case is one.</summary>
    public static bool Contains(string word) => All.Contains(word);
}
