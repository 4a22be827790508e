using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Builder;

/// <summary>
/// How senders mark a delivery, which they send again with the same mark when they did not hear the answer: Standard Webhooks (<c>webhook-id</c>), Svix, GitHub, GitLab, Shopify. The bytes of
/// a redelivery need not be the first's.
/// </summary>
internal static class WebhookDelivery
{
    /// <summary>The headers, in the order in which they are looked for. <c>Idempotency-Key</c> comes before them.</summary>
    public static readonly IReadOnlyList<string> Headers = ["webhook-id", "svix-id", "X-GitHub-Delivery", "X-Gitlab-Event-UUID", "X-Shopify-Webhook-Id"];

    /// <summary>The mark, with the header that it stands in; null where there is none that could be one.</summary>
    public static string? IdOf(HttpRequest request) => Headers
        .Select(name => request.Headers[name] is [{ } id] && IdempotentCreation.IsKey(id) ? $"{name} {id}" : null)
        .FirstOrDefault(id => id is not null);
}
