namespace Jobs.Functions.Identity;

/// <summary>Whose tokens callers of contract 003 show: settings below <c>Identity</c>. Without <see cref="Authority"/> nobody's are honoured.</summary>
public sealed class IdentityOptions
{
    /// <summary>The settings' section.</summary>
    public const string Section = "Identity";

    /// <summary>The most characters of the claim's and the role's name.</summary>
    public const int MaxNameLength = 100;

    /// <summary>The most entries of a list.</summary>
    public const int MaxListed = 20;

    /// <summary>The claims that roles are looked for in where <see cref="RoleClaim"/> names none: Entra ID's, and Cognito's groups.</summary>
    public static readonly IReadOnlyList<string> DefaultRoleClaims = ["roles", "cognito:groups"];

    /// <summary>
    /// The issuer, as the claim <c>iss</c> names it. Its discovery document is found below it at <c>/.well-known/openid-configuration</c>. An https address; http only for a name or
    /// address of this very machine.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>Whom tokens must be meant for, separated by commas, at most <see cref="MaxListed"/>: one of them must be in the claim <c>aud</c>.</summary>
    public string? Audiences { get; set; }

    /// <summary>The apps whose access tokens are honoured although they have no <c>aud</c>, as Cognito's: one of them must be the claim <c>client_id</c>. Likewise.</summary>
    public string? ClientIds { get; set; }

    /// <summary>The claim that holds a caller's roles, a text or a list of them; <see cref="DefaultRoleClaims"/> where nobody says.</summary>
    public string? RoleClaim { get; set; }

    /// <summary>The role of those who may do what only admins may.</summary>
    public string AdminRole { get; set; } = "admin";

    /// <summary>Whether anybody's tokens are honoured.</summary>
    public bool IsConfigured => !string.IsNullOrEmpty(Authority);

    /// <summary>The entries of a list in a setting.</summary>
    public static string[] ListOf(string? setting) => (setting ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
