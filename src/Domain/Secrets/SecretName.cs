namespace Jobs.Domain.Secrets;

/// <summary>The names of secrets: <c>[A-Z][A-Z0-9_]*</c>, as environment variables are called.</summary>
public static class SecretName
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxLength = 64;

    /// <summary>The rule, for an error message.</summary>
    public const string Rule = "must be 1 to 64 capital letters, digits and '_', and begin with a letter";

    /// <summary>True for a name that follows the rule.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && char.IsAsciiLetterUpper(name[0]) && name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');
}
