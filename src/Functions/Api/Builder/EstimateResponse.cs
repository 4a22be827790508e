using Jobs.Domain.Ledger;
using Jobs.Functions.Jobs;

namespace Jobs.Functions.Api.Builder;

/// <summary>What a POST would cost that was not done.</summary>
/// <param name="DryRun">Always true.</param>
/// <param name="Generator">Who would build.</param>
/// <param name="Tokens">Tokens of the ledger that it would cost.</param>
/// <param name="FirstCall">What the first call of a model would take.</param>
/// <param name="Build">The most that all of its calls would take.</param>
/// <param name="Note">How true that is, in words.</param>
public sealed record EstimateResponse(bool DryRun, string Generator, int Tokens, EstimatedCall FirstCall, EstimatedBuild Build, string Note)
{
    private const string Rough =
        "The input's tokens are counted with OpenAI's vocabulary o200k_base; other models count some tenths more or fewer. A build has several calls, most of them longer than the first.";

    private const string Free = "No model is called, so this costs nothing but its tokens.";

    /// <summary>An estimate as it is shown.</summary>
    public static EstimateResponse Of(BuildEstimate estimate) => estimate.Model is { } model
        ? new EstimateResponse(
            true,
            estimate.Generator,
            estimate.Tokens,
            new EstimatedCall(model.InputTokens, model.FirstCall.Output, Money.ToAmount(model.FirstCall.Cost)),
            new EstimatedBuild(model.MaxTokens, Money.ToAmount(model.MaxCost)),
            Rough)
        : new EstimateResponse(true, estimate.Generator, estimate.Tokens, new EstimatedCall(0, 0, 0), new EstimatedBuild(0, 0), Free);
}

/// <summary>One call of a model.</summary>
/// <param name="InputTokens">About how many tokens the model would be given.</param>
/// <param name="MaxOutputTokens">The most tokens that it may give.</param>
/// <param name="MaxCost">The most that it can cost, in the currency of the prices; 0 where there are none.</param>
public sealed record EstimatedCall(long InputTokens, long MaxOutputTokens, decimal MaxCost);

/// <summary>All calls of a build.</summary>
/// <param name="MaxTokens">After so many tokens no further call is made.</param>
/// <param name="MaxCost">What so many tokens cost at most, or the limit of a build where that is less; 0 where there are no prices.</param>
public sealed record EstimatedBuild(long MaxTokens, decimal MaxCost);
