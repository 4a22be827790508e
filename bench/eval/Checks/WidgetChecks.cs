namespace Jobs.Eval.Checks;

/// <summary>Every check of a widget, by the name that the cases use.</summary>
internal static class WidgetChecks
{
    public static IReadOnlyDictionary<string, WidgetCheck> ByName { get; } = new Dictionary<string, WidgetCheck>
    {
        ["counts from 5"] = new(CountingChecks.CountsFrom5Async),
        ["counts in tens"] = new(CountingChecks.CountsInTensAsync),
        ["adds and ticks off"] = new(ListChecks.AddsAndTicksOffAsync),
        ["holds, adds and removes"] = new(ListChecks.HoldsAddsAndRemovesAsync),
        ["10 km are 6.21 miles"] = new(FormulaChecks.KilometresAsync),
        ["100 °C are 212 °F"] = new(FormulaChecks.CelsiusAsync),
        ["12 × 8 = 96 in the dark"] = new(FormulaChecks.DarkCalculatorAsync),
        ["7 + 8 = 15, cleared"] = new(FormulaChecks.ClearsAsync),
        ["tip for four"] = new(FormulaChecks.TipAsync),
        ["BMI of 80 kg and 180 cm"] = new(FormulaChecks.BodyMassAsync),
        ["100 EUR in three currencies"] = new(FormulaChecks.CurrenciesAsync),
        ["counts a vote"] = new(ChoiceChecks.CountsAVoteAsync),
        ["quiz has a score"] = new(ChoiceChecks.QuizHasAScoreAsync),
        ["yearly prices"] = new(ChoiceChecks.YearlyPricesAsync),
        ["light goes on and off"] = new(ChoiceChecks.LightAsync),
        ["answers unfold"] = new(ChoiceChecks.AnswersUnfoldAsync),
        ["refuses an empty address"] = new(FormChecks.RefusesAnEmptyAddressAsync),
        ["refuses a wrong address"] = new(FormChecks.RefusesAWrongAddressAsync),
        ["counts down to New Year"] = new(ClockChecks.NewYearAsync),
        ["counts down five minutes"] = new(ClockChecks.FiveMinutesAsync, MovesTheClock: true),
        ["work, then a break"] = new(ClockChecks.PomodoroAsync, MovesTheClock: true),
        ["laps"] = new(ClockChecks.LapsAsync, MovesTheClock: true),
        ["three prices"] = new(ContentChecks.ThreePricesAsync),
        ["three bars"] = new(ContentChecks.ThreeBarsAsync),
        ["opening hours"] = new(ContentChecks.OpeningHoursAsync),
        ["snake moves"] = new(GameChecks.SnakeMovesAsync),
        ["cards flip"] = new(GameChecks.CardsFlipAsync),
        ["renders Markdown"] = new(ToolChecks.RendersMarkdownAsync),
        ["finds three matches"] = new(ToolChecks.FindsThreeMatchesAsync),
        ["makes passwords of 20"] = new(ToolChecks.MakesPasswordsAsync),
    };
}
