using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Builder;

/// <summary>The body of <c>POST /v1/widgets</c> (contract 001, with a widget for the agent).</summary>
public sealed record CreateWidgetRequest(RequestBody Body, string Name, string? Description, string? Prompt)
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxNameLength = 200;

    /// <summary>The most characters of a description.</summary>
    public const int MaxDescriptionLength = 2_000;

    /// <summary>The most characters of a prompt.</summary>
    public const int MaxPromptLength = 32_000;

    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413).</summary>
    public static async Task<CreateWidgetRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        var name = body.Text("name", 1, MaxNameLength, required: true);
        var description = body.Text("description", 0, MaxDescriptionLength);
        var prompt = body.Text("prompt", 1, MaxPromptLength);
        body.ThrowIfInvalid();
        return new CreateWidgetRequest(body, name!, description, prompt);
    }
}

/// <summary>The body of <c>POST /v1/widgets/{id}/builds</c>.</summary>
public sealed record BuildWidgetRequest(RequestBody Body, string Prompt)
{
    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413).</summary>
    public static async Task<BuildWidgetRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        var prompt = body.Text("prompt", 1, CreateWidgetRequest.MaxPromptLength, required: true);
        body.ThrowIfInvalid();
        return new BuildWidgetRequest(body, prompt!);
    }
}
