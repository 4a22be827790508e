namespace Jobs.Local.Durable;

/// <summary>Azure Storage's rules for instance ids: 1 to 100 characters, no control characters, none of / \ # ?, no @ in front.</summary>
internal static class InstanceIds
{
    public const int MaxLength = 100;

    /// <exception cref="ArgumentException">The id breaks a rule.</exception>
    public static void Validate(string id)
    {
        if (id.Length is 0 or > MaxLength || id[0] == '@' || id.Any(c => char.IsControl(c) || c is '/' or '\\' or '#' or '?'))
            throw new ArgumentException($"'{id}' is not a valid instance id: 1 to {MaxLength} characters, no control characters, no / \\ # ?, no @ in front.");
    }
}
