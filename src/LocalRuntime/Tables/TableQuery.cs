namespace Jobs.LocalRuntime.Tables;

/// <summary>A query.</summary>
/// <param name="Filter">The OData filter; null for every entity.</param>
/// <param name="Take">The most entities of a page, 1 to <see cref="TableLimits.MaxPage"/>.</param>
/// <param name="Select">The properties to return; null for all.</param>
internal sealed record TableQuery(string? Filter, int Take, IReadOnlyCollection<string>? Select);
