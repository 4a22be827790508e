using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Jobs.Domain.Repositories;

namespace Jobs.Repositories.GitHub;

/// <summary>
/// Reads what GitHub sends to the webhook. The signature is checked over the bytes as they came, before any of them is looked at; of the body only the few fields that are needed are read, so
/// that what GitHub adds, leaves out or renames elsewhere in it changes nothing.
/// </summary>
public sealed class GitHubWebhooks
{
    /// <summary>The header with the signature.</summary>
    public const string SignatureHeader = "X-Hub-Signature-256";

    /// <summary>The header with the event's name.</summary>
    public const string EventHeader = "X-GitHub-Event";

    /// <summary>The header with the delivery's id.</summary>
    public const string DeliveryHeader = "X-GitHub-Delivery";

    private const string Algorithm = "sha256=";
    private const string BranchPrefix = "job/";
    private const string HeadsPrefix = "refs/heads/";
    private const int MaxDeliveryId = 100;
    private const int MaxBranch = 200;
    private const int MaxSha = 64;
    private const long MaxUnixSeconds = 253_402_300_799;

    private readonly byte[][] _secrets;
    private readonly TimeProvider _time;

    /// <summary>Takes what is signed with one of the two secrets of the settings.</summary>
    public GitHubWebhooks(GitHubOptions options, TimeProvider time)
    {
        _secrets = [.. new[] { options.WebhookSecret, options.PreviousWebhookSecret }.Where(secret => !string.IsNullOrEmpty(secret)).Select(secret => Encoding.UTF8.GetBytes(secret!))];
        _time = time;
    }

    /// <summary>Reads a delivery: the values of its three headers, null where one is missing or there more than once, and its body as it came.</summary>
    public GitHubDelivery Read(string? signature, string? eventName, string? deliveryId, ReadOnlyMemory<byte> body)
    {
        if (_secrets.Length == 0)
        {
            return new GitHubDelivery.Refused(GitHubRefusal.NotConfigured);
        }

        if (body.Length > GitHubLimits.WebhookBytes)
        {
            return new GitHubDelivery.Refused(GitHubRefusal.TooLarge);
        }

        if (!IsSigned(signature, body.Span))
        {
            return new GitHubDelivery.Refused(GitHubRefusal.NotSigned);
        }

        if (deliveryId is not { Length: > 0 and <= MaxDeliveryId } || !deliveryId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
        {
            return new GitHubDelivery.Refused(GitHubRefusal.Unreadable);
        }

        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = GitHubLimits.Depth });
            return Read(eventName, deliveryId, document.RootElement);
        }
        catch (JsonException)
        {
            return new GitHubDelivery.Refused(GitHubRefusal.Unreadable);
        }
        catch (UnexpectedShapeException)
        {
            return new GitHubDelivery.Refused(GitHubRefusal.Unreadable);
        }
    }

    private GitHubDelivery Read(string? eventName, string deliveryId, JsonElement body)
    {
        if (body.ValueKind is not JsonValueKind.Object)
        {
            throw new UnexpectedShapeException();
        }

        return eventName switch
        {
            "ping" => new GitHubDelivery.Ping(deliveryId),
            "workflow_run" => ReadRun(deliveryId, body),
            "pull_request" => ReadPullRequest(deliveryId, body),
            "push" => ReadPush(deliveryId, body),
            _ => new GitHubDelivery.Ignored(deliveryId),
        };
    }

    private static GitHubDelivery ReadRun(string deliveryId, JsonElement body)
    {
        var (repository, id) = RepositoryOf(body);
        var run = ObjectOf(body, "workflow_run");
        if (BranchOf(OptionalText(run, "head_branch")) is not { } branch
            || !RunStatuses.IsOurWorkflow(OptionalText(run, "path"))
            || OptionalText(run, "event") != RunStatuses.WorkflowEvent
            || !IsOf(run, "head_repository", id))
        {
            return new GitHubDelivery.Ignored(deliveryId);
        }

        var facts = new ForgeRun(
            NumberOf(run, "id"),
            AddressOf(run),
            RunStatuses.Of(TextOf(run, "status"), OptionalText(run, "conclusion")),
            ShaOf(run, "head_sha"),
            (int)Math.Clamp(NumberOf(run, "run_attempt"), 1, int.MaxValue));
        return Received(deliveryId, repository, branch, TimeOf(run, "updated_at"), new GitHubFact.RunChanged(facts, NumberOf(run, "run_number")));
    }

    private static GitHubDelivery ReadPullRequest(string deliveryId, JsonElement body)
    {
        var (repository, id) = RepositoryOf(body);
        var pull = ObjectOf(body, "pull_request");
        var head = ObjectOf(pull, "head");
        // A fork's branch may have any name; that a fork was deleted makes its repository null.
        if (BranchOf(OptionalText(head, "ref")) is not { } branch || !IsOf(head, "repo", id))
        {
            return new GitHubDelivery.Ignored(deliveryId);
        }

        var isMerged = pull.TryGetProperty("merged_at", out var mergedAt) && mergedAt.ValueKind is JsonValueKind.String;
        var facts = new ForgePullRequest(
            (int)Math.Clamp(NumberOf(pull, "number"), 1, int.MaxValue),
            AddressOf(pull),
            RunStatuses.Of(TextOf(pull, "state"), isMerged),
            ShaOf(head, "sha"));
        return Received(deliveryId, repository, branch, TimeOf(pull, "updated_at"), new GitHubFact.PullRequestChanged(facts));
    }

    private GitHubDelivery ReadPush(string deliveryId, JsonElement body)
    {
        var (repository, _) = RepositoryOf(body);
        var name = TextOf(body, "ref");
        if (!name.StartsWith(HeadsPrefix, StringComparison.Ordinal) || BranchOf(name[HeadsPrefix.Length..]) is not { } branch)
        {
            return new GitHubDelivery.Ignored(deliveryId);
        }

        GitHubFact fact = body.TryGetProperty("deleted", out var deleted) && deleted.ValueKind is JsonValueKind.True
            ? new GitHubFact.BranchDeleted()
            : new GitHubFact.BranchMoved(ShaOf(body, "after"));
        // A push says when in seconds of Unix time, as nothing else does.
        var at = ObjectOf(body, "repository").TryGetProperty("pushed_at", out var pushedAt) && pushedAt.ValueKind is JsonValueKind.Number
            && pushedAt.TryGetInt64(out var seconds) && seconds is >= 0 and <= MaxUnixSeconds
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : _time.GetUtcNow();
        return Received(deliveryId, repository, branch, at, fact);
    }

    private static GitHubDelivery.Received Received(string deliveryId, string repository, string branch, DateTimeOffset at, GitHubFact fact) =>
        new(new GitHubEvent(deliveryId, repository, branch, at, fact));

    private bool IsSigned(string? signature, ReadOnlySpan<byte> body)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (signature?.Length != Algorithm.Length + (2 * given.Length)
            || !signature.StartsWith(Algorithm, StringComparison.Ordinal)
            || Convert.FromHexString(signature.AsSpan(Algorithm.Length), given, out _, out _) is not System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        var isSigned = false;
        Span<byte> made = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var secret in _secrets)
        {
            // All are tried, so that the time does not tell which it was.
            HMACSHA256.HashData(secret, body, made);
            isSigned |= CryptographicOperations.FixedTimeEquals(made, given);
        }

        return isSigned;
    }

    /// <summary>A job's branch; null for another one.</summary>
    private static string? BranchOf(string? name) =>
        name?.StartsWith(BranchPrefix, StringComparison.Ordinal) is true && name.Length <= MaxBranch ? name : null;

    private static (string FullName, long Id) RepositoryOf(JsonElement body)
    {
        var repository = ObjectOf(body, "repository");
        var name = TextOf(repository, "full_name");
        return GitHubNames.Split(name) is null ? throw new UnexpectedShapeException() : (name, NumberOf(repository, "id"));
    }

    private static bool IsOf(JsonElement parent, string name, long repositoryId) =>
        parent.TryGetProperty(name, out var repository) && repository.ValueKind is JsonValueKind.Object && NumberOf(repository, "id") == repositoryId;

    private static string AddressOf(JsonElement parent) => GitHubAddress.Check(TextOf(parent, "html_url")) ?? throw new UnexpectedShapeException();

    private static string ShaOf(JsonElement parent, string name) =>
        TextOf(parent, name) is { Length: <= MaxSha } sha && sha.All(char.IsAsciiHexDigitLower) ? sha : throw new UnexpectedShapeException();

    private static DateTimeOffset TimeOf(JsonElement parent, string name) =>
        DateTimeOffset.TryParse(TextOf(parent, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new UnexpectedShapeException();

    private static JsonElement ObjectOf(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object ? value : throw new UnexpectedShapeException();

    private static string TextOf(JsonElement parent, string name) => OptionalText(parent, name) ?? throw new UnexpectedShapeException();

    private static string? OptionalText(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? TextOf(value) : null;

    /// <summary>A string's text; one that is no UTF-16 cannot be had.</summary>
    private static string TextOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new UnexpectedShapeException();
        }
    }

    private static long NumberOf(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw new UnexpectedShapeException();

    /// <summary>A signed body is not of the documented shape.</summary>
    private sealed class UnexpectedShapeException : Exception;
}
