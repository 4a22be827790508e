using System.Text.Json;
using Jobs.Domain;
using Jobs.Domain.Repositories;
using Jobs.Execution.Checks;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Repositories;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Repository;

/// <summary>The body of <c>POST /api/create-job</c>: <c>{job, repository?, base_ref?, auto_merge?, create_pull_request?}</c>.</summary>
public sealed record RepositoryJobRequest(RequestBody Body, string? Repository, NewRepositoryJob Job)
{
    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413, 415).</summary>
    public static async Task<RepositoryJobRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await JsonRequest.ReadAsync(request, cancellationToken);
        var instruction = body.Text("job", 1, RepositoryLimits.MaxInstructionLength, required: true);
        var repository = body.Text("repository", 1, RepositoryNames.MaxLength);
        var baseRef = RepositoryNames.ReadBranch(body, "base_ref");
        var autoMerge = body.Flag("auto_merge");
        var createPullRequest = body.Flag("create_pull_request");
        body.ThrowIfInvalid();
        return new RepositoryJobRequest(body, repository, new NewRepositoryJob(instruction!, baseRef, autoMerge, createPullRequest ?? true));
    }
}

/// <summary>The body of <c>POST /api/jobs/{id}/messages</c>: <c>{job}</c>.</summary>
public sealed record FollowUpRequest(RequestBody Body, string Instruction)
{
    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413, 415).</summary>
    public static async Task<FollowUpRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await JsonRequest.ReadAsync(request, cancellationToken);
        var instruction = body.Text("job", 1, RepositoryLimits.MaxInstructionLength, required: true);
        body.ThrowIfInvalid();
        return new FollowUpRequest(body, instruction!);
    }
}

/// <summary>The body of <c>POST /api/repositories</c>: <c>{name, kind, location, defaultBranch?, autoMerge?, allowedPaths?, check?}</c>.</summary>
public sealed record RegistrationRequest(
    string Name, RepositoryKind Kind, string Location, string? DefaultBranch, bool AutoMerge, IReadOnlyList<string> AllowedPaths, string? Check)
{
    /// <summary>The most characters of a location.</summary>
    public const int MaxLocationLength = 1_000;

    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413, 415).</summary>
    public static async Task<RegistrationRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await JsonRequest.ReadAsync(request, cancellationToken);
        var name = body.Text("name", 1, RepositoryNames.MaxLength, required: true);
        if (name is not null && !RepositoryNames.IsName(name))
        {
            body.Refuse("name", "must be one word or owner/name, of letters, digits, '.', '_' and '-'");
        }

        var word = body.Text("kind", 1, 20, required: true);
        RepositoryKind? kind = Enum.GetValues<RepositoryKind>().Where(known => RepositoryResponses.WordOf(known) == word).Select(known => (RepositoryKind?)known).FirstOrDefault();
        if (word is not null && kind is null)
        {
            body.Refuse("kind", $"must be one of: {string.Join(", ", Enum.GetValues<RepositoryKind>().Select(RepositoryResponses.WordOf))}");
        }

        var location = body.Text("location", 1, MaxLocationLength, required: true);
        if (kind is RepositoryKind.GitHub && location is not null && !(location.Contains('/', StringComparison.Ordinal) && RepositoryNames.IsName(location)))
        {
            body.Refuse("location", "must be owner/name, as it stands in the repository's address at GitHub");
        }

        var branch = RepositoryNames.ReadBranch(body, "defaultBranch");
        var autoMerge = body.Flag("autoMerge");
        var allowed = ReadAllowedPaths(body);
        var check = body.Text("check", 1, RepositoryCheckLimits.CommandLength);
        if (check?.Any(char.IsControl) is true)
        {
            body.Refuse("check", "must be one line");
        }

        body.ThrowIfInvalid();
        return new RegistrationRequest(name!, kind!.Value, location!, branch, autoMerge ?? false, allowed, check);
    }

    private static string[] ReadAllowedPaths(RequestBody body)
    {
        var paths = new List<string>();
        foreach (var item in body.Array("allowedPaths") is { } array ? array.EnumerateArray() : default)
        {
            if (paths.Count == PathGlobs.MaxGlobs)
            {
                body.Refuse("allowedPaths", $"must have at most {PathGlobs.MaxGlobs} items");
                break;
            }

            if (item.ValueKind is not JsonValueKind.String || !RepositoryNames.TryReadText(item, out var path))
            {
                body.Refuse("allowedPaths", "must be strings");
                break;
            }

            if (PathGlobs.FaultOf(path) is { } fault)
            {
                body.Refuse("allowedPaths", $"has something else than a glob of a path: {char.ToLowerInvariant(fault[0])}{fault[1..]}");
                break;
            }

            paths.Add(path);
        }

        return [.. paths];
    }
}

/// <summary>The JSON bodies of this contract.</summary>
internal static class JsonRequest
{
    /// <summary>Reads a body; throws <see cref="ProblemException"/> (400, 413, and 415 for one that says of itself that it is something else).</summary>
    public static Task<RequestBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken, bool mayBeEmpty = false)
    {
        ThrowUnlessJson(request);
        return RequestBody.ReadAsync(request, cancellationToken, mayBeEmpty);
    }

    /// <summary>Throws <see cref="ProblemException"/> (415) for a body that says of itself that it is something else.</summary>
    public static void ThrowUnlessJson(HttpRequest request)
    {
        if (request.ContentType is { Length: > 0 } && !request.HasJsonContentType())
        {
            throw new ProblemException(new Problem(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Send the body as JSON: 'Content-Type: application/json'."));
        }
    }
}

/// <summary>What names of repositories and branches look like.</summary>
internal static class RepositoryNames
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxLength = 140;

    /// <summary>The most characters of a branch's name.</summary>
    public const int MaxBranchLength = 200;

    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-";

    /// <summary>True for one word or two with a slash between them.</summary>
    public static bool IsName(string name) =>
        name.Split('/') is [_] or [_, _] && name.Split('/').All(word => word.Length > 0 && word is not ("." or "..") && word.AsSpan().IndexOfAnyExcept(Letters) < 0);

    /// <summary>A field with a branch's name; null where it is not there.</summary>
    public static string? ReadBranch(RequestBody body, string field)
    {
        var name = body.Text(field, 1, MaxBranchLength);
        if (name is not null && !IsBranch(name))
        {
            body.Refuse(field, "must be the name of a branch");
        }

        return name;
    }

    /// <summary>True for a string's text; false for half of a surrogate pair, which passes the parser.</summary>
    public static bool TryReadText(JsonElement element, out string text)
    {
        try
        {
            text = element.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }

    /// <summary>The rules of <c>git check-ref-format --branch</c>.</summary>
    private static bool IsBranch(string name) =>
        !name.Any(letter => char.IsControl(letter) || letter is ' ' or '~' or '^' or ':' or '?' or '*' or '[' or '\\')
        && !name.Contains("..", StringComparison.Ordinal)
        && !name.Contains("@{", StringComparison.Ordinal)
        && name is not "@" and not "HEAD"
        && name[0] is not '-'
        && name.Split('/').All(part => part.Length > 0 && part[0] is not '.' && part[^1] is not '.' && !part.EndsWith(".lock", StringComparison.Ordinal));
}
