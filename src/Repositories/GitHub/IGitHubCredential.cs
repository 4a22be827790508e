namespace Jobs.Repositories.GitHub;

/// <summary>What lets requests in.</summary>
internal interface IGitHubCredential
{
    /// <summary>The token of now, or nothing where there was none yet: it must not be shown either.</summary>
    string? Current { get; }

    /// <summary>The token to send.</summary>
    ValueTask<string> GetAsync(CancellationToken cancellationToken);

    /// <summary>Told that GitHub has refused a token: false when there can be no other.</summary>
    bool Renew(string refused);
}

/// <summary>A personal access token.</summary>
internal sealed class GitHubToken(string token) : IGitHubCredential
{
    /// <inheritdoc/>
    public string Current => token;

    /// <inheritdoc/>
    public ValueTask<string> GetAsync(CancellationToken cancellationToken) => new(token);

    /// <inheritdoc/>
    public bool Renew(string refused) => false;
}
