namespace Jobs.Generation.Offline.Widgets;

/// <summary>What the offline generator can build.</summary>
public enum WidgetKind
{
    /// <summary>A title, a text and a list.</summary>
    Card,

    /// <summary>A number that buttons raise and lower.</summary>
    Counter,

    /// <summary>A list to tick off.</summary>
    TodoList,

    /// <summary>A form that validates and shows what was entered.</summary>
    ContactForm,

    /// <summary>The time left until a moment, or a timer.</summary>
    Countdown,

    /// <summary>A calculator with the four operations.</summary>
    Calculator,

    /// <summary>A question to vote on.</summary>
    Poll,

    /// <summary>Questions with right answers.</summary>
    Quiz,

    /// <summary>Plans and what they cost.</summary>
    PriceTable,

    /// <summary>Converts between units.</summary>
    UnitConverter,

    /// <summary>Values as bars.</summary>
    BarChart,
}
