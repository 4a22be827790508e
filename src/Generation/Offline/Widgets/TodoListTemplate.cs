using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>Settings of a to-do list.</summary>
/// <param name="Items">What stands on it at first.</param>
public sealed record TodoListSettings(IReadOnlyList<string> Items) : WidgetSettings(WidgetKind.TodoList)
{
    /// <inheritdoc/>
    public override bool IsValid() => Fit(Items);
}

/// <summary>A list to tick off, add to and filter.</summary>
public sealed class TodoListTemplate : WidgetTemplate<TodoListSettings>
{
    private static readonly PromptPattern Lead = new(@"\b(?:with|containing|including|having|for|has|the)?\s*(?:the |these |following |initial |starting )*(?:items?|tasks?|to-?dos|entries)\b(?: are| is)?\s*:?|\b(?:to-?do|check|task|shopping|packing|grocery) ?list(?: of)?\s*:");

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.TodoList;

    /// <inheritdoc/>
    public override string Noun => "a to-do list";

    /// <inheritdoc/>
    public override string Folder => "todo-list";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        (@"to-?dos?(?:[ -]?lists?)?|to do lists?|check-?lists?|task (?:list|tracker|manager|board)s?|(?:shopping|packing|grocery|bucket|chore|wish) ?lists?", 4),
        ("things to do|tasks|to do|chores|tick off", 2));

    /// <inheritdoc/>
    protected override TodoListSettings Read(PromptReader prompt, TodoListSettings? current, DateTimeOffset now) =>
        new(current is null ? [.. prompt.List(Lead).Select(PromptReader.Capitalise)] : prompt.Edit(current.Items, Lead, PromptReader.Capitalise, item => item));

    /// <inheritdoc/>
    protected override string Describe(TodoListSettings settings) => settings.Items.Count == 0 ? Noun : $"{Noun} with {Count(settings.Items.Count, "task")}";
}
