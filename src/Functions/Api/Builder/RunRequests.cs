using System.Text;
using System.Text.Json;
using Jobs.Domain.Agents;
using Jobs.Functions.Api.Shared;
using Jobs.Functions.Runs;
using Microsoft.AspNetCore.Http;

namespace Jobs.Functions.Api.Builder;

/// <summary>The body of <c>POST /v1/agents/{id}/run</c> (contract 001), and of a webhook. The input has no limit of its own: it is a part of the body.</summary>
/// <param name="Body">The body.</param>
/// <param name="Input">The input, a JSON object.</param>
/// <param name="Field">What the input is called in an error.</param>
public sealed record RunRequest(RequestBody Body, JsonElement Input, string Field)
{
    /// <summary>The input as it was sent.</summary>
    public ReadOnlyMemory<byte> Bytes => Encoding.UTF8.GetBytes(Input.GetRawText());

    /// <summary>Reads and checks the body <c>{input?}</c>; throws <see cref="ProblemException"/> (400, 413). No body, and no input, is an empty one.</summary>
    public static async Task<RunRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(request, cancellationToken, mayBeEmpty: true);
        var input = body.Object("input");
        body.ThrowIfInvalid();
        return new RunRequest(body, input ?? JsonElement.Parse("{}"u8), "input");
    }

    /// <summary>Takes the body of a webhook's request for the input: <see cref="WebhookBody"/>. Throws <see cref="ProblemException"/> (400) when it is not a JSON object.</summary>
    public static RunRequest OfWebhook(byte[] json)
    {
        var body = RequestBody.Parse(json, mayBeEmpty: true);
        return new RunRequest(body, body.Json, "body");
    }

    /// <summary>Throws <see cref="ProblemException"/> (400) with one error for each rule of the agent's input schema that the input breaks.</summary>
    public void ThrowUnlessValidFor(AgentProgram program)
    {
        var violations = ProgramStore.Validate(program, Input);
        if (violations.Count > 0)
        {
            throw new ProblemException(Problem.Invalid([.. violations.Select(violation => new FieldError(Field + violation.Path, violation.Message))]));
        }
    }
}
