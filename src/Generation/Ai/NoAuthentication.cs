using System.ClientModel.Primitives;

namespace Jobs.Generation.Ai;

/// <summary>Signs in with nothing, at an endpoint that asks for nothing: no made-up key is sent.</summary>
internal sealed class NoAuthentication : AuthenticationPolicy
{
    /// <inheritdoc/>
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) => ProcessNext(message, pipeline, currentIndex);

    /// <inheritdoc/>
    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
        ProcessNextAsync(message, pipeline, currentIndex);
}
