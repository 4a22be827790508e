using Jobs.Functions.Workspace;

namespace Jobs.Local.Identity;

/// <summary>The page's way to sign in as a user of <see cref="DevelopmentIssuer"/>.</summary>
internal static class DevelopmentSignIn
{
    /// <summary>The script that adds it to the page.</summary>
    public static WorkspaceScript Script() => WorkspaceScript.Of(typeof(DevelopmentSignIn).Assembly, "development-sign-in.js");
}
