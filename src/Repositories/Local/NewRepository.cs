using System.Text;
using Jobs.Domain.Repositories;
using LibGit2Sharp;
using GitRepository = LibGit2Sharp.Repository;

namespace Jobs.Repositories.Local;

/// <summary>Makes repositories.</summary>
public static class NewRepository
{
    /// <summary>Makes a bare repository in an empty or missing folder, with one commit of these files, whose paths are <see cref="RepositoryPath"/>s, on the branch <c>main</c>.</summary>
    public static void Create(string folder, IReadOnlyDictionary<string, string> files, DateTimeOffset at)
    {
        // Its constructor keeps the settings of the user and the machine out of all that follows.
        using var git = new LibGit2();
        GitRepository.Init(folder, isBare: true);
        using var repository = new GitRepository(folder);
        var tree = new TreeDefinition();
        foreach (var (path, text) in files)
        {
            using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
            tree.Add(path, repository.ObjectDatabase.CreateBlob(content), Mode.NonExecutableFile);
        }

        var author = CommitAuthor.At(at);
        var commit = repository.ObjectDatabase.CreateCommit(author, author, "Begin\n", repository.ObjectDatabase.CreateTree(tree), [], prettifyMessage: false);
        repository.Refs.Add("refs/heads/main", commit.Id);
        repository.Refs.UpdateTarget("HEAD", "refs/heads/main");
    }
}
