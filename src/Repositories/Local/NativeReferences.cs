using System.Reflection;
using System.Runtime.InteropServices;
using Jobs.Domain.Repositories;
using LibGit2Sharp;

namespace Jobs.Repositories.Local;

/// <summary>
/// Moves a reference only from where it is known to be. libgit2 can do that, under the reference's lock and together with its log; LibGit2Sharp's <c>UpdateTarget</c> reads the present value
/// itself, so that it would overwrite what came in between.
/// </summary>
internal static class NativeReferences
{
    private const string Library = "git2";

    private const int NotFound = -3;
    private const int Exists = -4;
    private const int Locked = -14;
    private const int Modified = -15;

    private static readonly byte[] Nowhere = new byte[20];

    static NativeReferences() => NativeLibrary.SetDllImportResolver(typeof(NativeReferences).Assembly, Resolve);

    /// <summary>What became of it.</summary>
    public enum Outcome
    {
        /// <summary>It is where it is wanted.</summary>
        Moved,

        /// <summary>It was somewhere else.</summary>
        Changed,

        /// <summary>Somebody else moves it just now.</summary>
        Busy,
    }

    /// <summary>Moves a reference of a repository, or makes it where <paramref name="from"/> is null.</summary>
    public static Outcome Move(string gitFolder, string name, ObjectId? from, ObjectId to, string message)
    {
        Check(Open(out var repository, gitFolder));
        try
        {
            Check(SetIdentity(repository, CommitAuthor.Name, CommitAuthor.Email));
            var result = CreateMatching(nint.Zero, repository, name, to.RawId, from is null ? 0 : 1, from?.RawId ?? Nowhere, message);
            switch (result)
            {
                case NotFound or Exists or Modified:
                    return Outcome.Changed;
                case Locked:
                    return Outcome.Busy;
                default:
                    Check(result);
                    return Outcome.Moved;
            }
        }
        finally
        {
            Free(repository);
        }
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new ForgeException("Git could not move a branch.", isTransient: false);
        }
    }

    /// <summary>The library that LibGit2Sharp has brought and loaded, whose name holds the commit that it was built from.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? paths) => name != Library
        ? nint.Zero
        : NativeLibrary.Load($"git2-{GlobalSettings.Version.LibGit2CommitSha[..7]}", typeof(GlobalSettings).Assembly, searchPath: null);

    [DllImport(Library, EntryPoint = "git_repository_open_bare")]
    private static extern int Open(out nint repository, [MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    [DllImport(Library, EntryPoint = "git_repository_set_ident")]
    private static extern int SetIdentity(nint repository, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string email);

    [DllImport(Library, EntryPoint = "git_reference_create_matching")]
    private static extern int CreateMatching(
        nint none,
        nint repository,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        byte[] to,
        int force,
        byte[] from,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string message);

    [DllImport(Library, EntryPoint = "git_repository_free")]
    private static extern void Free(nint repository);
}
