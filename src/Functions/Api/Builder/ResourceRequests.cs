using Jobs.Functions.Api.Shared;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Builder;

/// <summary>The body of <c>POST /v1/agents</c> (contract 001) and of <c>POST /v1/widgets</c>, which mirrors it.</summary>
public sealed record CreateResourceRequest(RequestBody Body, string Name, string? Description, string? Prompt)
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxNameLength = 200;

    /// <summary>The most characters of a description.</summary>
    public const int MaxDescriptionLength = 2_000;

    /// <summary>The most characters of a prompt, and of any message.</summary>
    public const int MaxPromptLength = 32_000;

    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413).</summary>
    public static async Task<CreateResourceRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        var name = body.Text("name", 1, MaxNameLength, required: true);
        var description = body.Text("description", 0, MaxDescriptionLength);
        var prompt = body.Text("prompt", 1, MaxPromptLength);
        body.ThrowIfInvalid();
        return new CreateResourceRequest(body, name!, description, prompt);
    }
}

/// <summary>The body of a call that says one thing: <c>{prompt}</c> of a build, <c>{content}</c> of a message.</summary>
public sealed record TextRequest(RequestBody Body, string Text)
{
    /// <summary>Reads and checks the body; throws <see cref="ProblemException"/> (400, 413).</summary>
    public static async Task<TextRequest> ReadAsync(HttpRequest request, string field, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, cancellationToken);
        var text = body.Text(field, 1, CreateResourceRequest.MaxPromptLength, required: true);
        body.ThrowIfInvalid();
        return new TextRequest(body, text!);
    }
}
