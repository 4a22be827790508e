using System.Text;
using Jobs.Domain.Generation;
using Jobs.Domain.Repositories;
using Jobs.Generation.Offline.Repositories;

namespace Jobs.Generation.Tests.Repositories;

/// <summary>Has the offline agent do what an instruction says.</summary>
internal static class OfflineWork
{
    public static readonly DateTimeOffset Day = new(2024, 3, 5, 23, 0, 0, TimeSpan.Zero);

    public static RepositoryAnswer.Edits Do(FakeTree tree, string instruction, params string[] allowedPaths) => Do(tree, instruction, TimeProvider.System, allowedPaths);

    public static RepositoryAnswer.Edits Do(FakeTree tree, string instruction, TimeProvider time, params string[] allowedPaths)
    {
        var answer = new OfflineRepositoryAgent(time).WorkAsync(new RepositoryTask(instruction, [], tree, allowedPaths, Day), new Silence(), CancellationToken.None).Result;
        var edits = Assert.IsType<RepositoryAnswer.Edits>(answer);
        Assert.InRange(edits.Title.Length, 1, 72);
        Assert.DoesNotContain('\n', edits.Title);
        return edits;
    }

    /// <summary>The sentence with which an instruction is refused.</summary>
    public static string Refuse(FakeTree tree, string instruction, params string[] allowedPaths)
    {
        var error = Assert.Throws<GenerationException>(() => Do(tree, instruction, allowedPaths));
        Assert.False(error.IsTransient);
        return error.Message;
    }

    /// <summary>The one file that is written, as text, a byte order mark included.</summary>
    public static string Written(RepositoryAnswer.Edits edits, string path) =>
        Encoding.UTF8.GetString(Assert.Single(edits.Changes.OfType<FileEdit.Write>(), write => write.Path == path).Content.Span);

    /// <summary>What an instruction makes of one file.</summary>
    public static string Change(string path, string content, string instruction)
    {
        var edits = Do(new FakeTree().Add(path, content), instruction);
        Assert.Single(edits.Changes);
        return Written(edits, path);
    }

    private sealed class Silence : IProgress<string>
    {
        public void Report(string value)
        {
        }
    }
}
