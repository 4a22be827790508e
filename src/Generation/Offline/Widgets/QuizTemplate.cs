using Jobs.Generation.Offline.Prompts;

namespace Jobs.Generation.Offline.Widgets;

/// <summary>A question of a quiz.</summary>
/// <param name="Text">What is asked.</param>
/// <param name="Answers">At least two.</param>
/// <param name="Correct">The index of the right one.</param>
public sealed record QuizQuestion(string Text, IReadOnlyList<string> Answers, int Correct);

/// <summary>Settings of a quiz.</summary>
/// <param name="Questions">At least one.</param>
/// <param name="Topic">The built-in set that they come from; empty when the prompt holds them.</param>
public sealed record QuizSettings(IReadOnlyList<QuizQuestion> Questions, string Topic) : WidgetSettings(WidgetKind.Quiz)
{
    /// <inheritdoc/>
    public override bool IsValid() =>
        Questions.Count is > 0 and <= PromptReader.MaxItems && Fit([Topic])
        && Questions.All(question => question?.Answers.Count >= 2 && question.Correct >= 0 && question.Correct < question.Answers.Count && Fit([question.Text, .. question.Answers]));
}

/// <summary>
/// Questions with right answers: those of the prompt ("Largest planet? Mars / *Jupiter / Venus", the right one marked with * or else the first),
/// or a built-in set. Questions on a subject that has no set are never made up.
/// </summary>
public sealed class QuizTemplate : WidgetTemplate<QuizSettings>
{
    private static readonly PromptPattern Intro = new(@"^.*(?::|\b(?:quiz|trivia)\b(?: (?:with|asking|that asks|which asks|about|of)(?: the)?(?: questions?)?)?)\s*");
    private static readonly PromptPattern Number = new(@"^\s*(?:q(?:uestion)?\s*)?\d{1,2}\s*[.):]\s*|^\s*(?:q(?:uestion)?)\s*[.):]\s*");
    private static readonly PromptPattern Marked = new(@"\s*(?:\((?:correct|right|true)\)|\[x\]|✓|✔|\*)\s*");
    private static readonly PromptPattern SentenceStart = new(@"[.;!]\s+([^.;!]+)$");

    private static readonly (string Topic, PromptPattern Words, QuizQuestion[] Questions)[] Sets =
    [
        ("Capitals", new PromptPattern(@"\b(?:capitals?|geography|countries|europe|world|cities)\b"),
        [
            Q("What is the capital of Australia?", 1, "Sydney", "Canberra", "Melbourne"),
            Q("What is the capital of Canada?", 2, "Toronto", "Montreal", "Ottawa"),
            Q("What is the capital of Brazil?", 0, "Brasília", "Rio de Janeiro", "São Paulo"),
            Q("What is the capital of Türkiye?", 1, "Istanbul", "Ankara", "Izmir"),
            Q("What is the capital of New Zealand?", 2, "Auckland", "Christchurch", "Wellington"),
        ]),
        ("Space", new PromptPattern(@"\b(?:space|planets?|astronomy|solar system|universe|stars)\b"),
        [
            Q("Which planet is the largest?", 2, "Saturn", "Earth", "Jupiter"),
            Q("Which planet is closest to the Sun?", 0, "Mercury", "Venus", "Mars"),
            Q("What is the Sun?", 1, "A planet", "A star", "A comet"),
            Q("In which year did people first land on the Moon?", 1, "1959", "1969", "1979"),
            Q("Which galaxy do we live in?", 0, "The Milky Way", "Andromeda", "Triangulum"),
        ]),
        ("Science", new PromptPattern(@"\b(?:science|physics|chemistry|biology|nature)\b"),
        [
            Q("What is the chemical symbol of gold?", 1, "Go", "Au", "Ag"),
            Q("Which gas do plants take in for photosynthesis?", 2, "Oxygen", "Nitrogen", "Carbon dioxide"),
            Q("At sea level, water boils at …", 1, "90 °C", "100 °C", "120 °C"),
            Q("What is the unit of force?", 0, "Newton", "Watt", "Pascal"),
            Q("Which part of a cell holds most of its DNA?", 2, "Membrane", "Ribosome", "Nucleus"),
        ]),
        ("Maths", new PromptPattern(@"\b(?:maths?|mathematics|arithmetic|numbers|multiplication|times tables?)\b"),
        [
            Q("What is 7 × 8?", 1, "54", "56", "64"),
            Q("How many degrees do the angles of a triangle add up to?", 0, "180", "270", "360"),
            Q("What is the square root of 144?", 2, "10", "14", "12"),
            Q("Which of these is a prime number?", 1, "21", "23", "27"),
            Q("What is 15 % of 200?", 0, "30", "15", "35"),
        ]),
        ("Animals", new PromptPattern(@"\b(?:animals?|zoo|wildlife|mammals)\b"),
        [
            Q("Which animal is the largest that has ever lived?", 0, "Blue whale", "African elephant", "Whale shark"),
            Q("How many legs does a spider have?", 1, "Six", "Eight", "Ten"),
            Q("Which of these is a mammal?", 2, "Shark", "Penguin", "Dolphin"),
            Q("What is the fastest land animal?", 0, "Cheetah", "Lion", "Horse"),
            Q("What does a panda mostly eat?", 1, "Fish", "Bamboo", "Fruit"),
        ]),
        ("JavaScript", new PromptPattern(@"\b(?:javascript|typescript|programming|coding|web development)\b"),
        [
            Q("Which keyword declares a variable that cannot be reassigned?", 2, "let", "var", "const"),
            Q("What does typeof null give?", 0, "\"object\"", "\"null\"", "\"undefined\""),
            Q("Which method adds an element at the end of an array?", 1, "shift", "push", "concat"),
            Q("What does 0.1 + 0.2 === 0.3 give?", 1, "true", "false", "an error"),
            Q("What does an async function return?", 2, "A callback", "A generator", "A promise"),
        ]),
        (GeneralKnowledge, new PromptPattern(@"\b(?:general knowledge|trivia|anything)\b"),
        [
            Q("How many days does a leap year have?", 1, "365", "366", "367"),
            Q("Which ocean is the largest?", 2, "Atlantic", "Indian", "Pacific"),
            Q("Who painted the Mona Lisa?", 0, "Leonardo da Vinci", "Michelangelo", "Raphael"),
            Q("How many strings does a violin have?", 0, "Four", "Five", "Six"),
            Q("Which language has the most native speakers?", 1, "English", "Mandarin Chinese", "Spanish"),
        ]),
    ];

    private const string GeneralKnowledge = "General knowledge";

    /// <inheritdoc/>
    public override WidgetKind Kind => WidgetKind.Quiz;

    /// <inheritdoc/>
    public override string Noun => "a quiz";

    /// <inheritdoc/>
    public override string Folder => "quiz";

    /// <inheritdoc/>
    public override IReadOnlyList<(PromptPattern Phrase, int Weight)> Words { get; } = Phrases(
        ("quiz(?:zes)?|trivia(?: game)?", 4),
        ("multiple[ -]choice|test my knowledge", 3),
        ("exam|questionnaire", 2));

    /// <inheritdoc/>
    protected override QuizSettings Read(PromptReader prompt, QuizSettings? current, DateTimeOffset now)
    {
        var questions = QuestionsIn(prompt);
        if (questions.Count > 0)
        {
            // A refinement adds its questions; those of a built-in set were only there for want of better ones.
            return new(current is { Topic: "" } ? [.. current.Questions.Concat(questions).DistinctBy(question => question.Text).Take(PromptReader.MaxItems)] : questions, "");
        }

        foreach (var set in Sets)
        {
            if (prompt.Mentions(set.Words))
            {
                return new(set.Questions, set.Topic);
            }
        }

        return current ?? new(Sets[^1].Questions, GeneralKnowledge);
    }

    /// <inheritdoc/>
    protected override string? TitleOf(QuizSettings settings) => settings.Topic.Length > 0 ? $"{settings.Topic} quiz" : null;

    /// <inheritdoc/>
    protected override string Describe(QuizSettings settings) =>
        settings.Topic.Length > 0
            ? $"a quiz with {Count(settings.Questions.Count, "built-in question")} ({settings.Topic}); questions of your own go into the prompt as \"Question? right answer / wrong answer\""
            : $"a quiz with {Count(settings.Questions.Count, "question")}";

    private static QuizQuestion Q(string text, int correct, params string[] answers) => new(text, answers, correct);

    private static List<QuizQuestion> QuestionsIn(PromptReader prompt)
    {
        var questions = new List<QuizQuestion>();
        // Line by line, because a question and its answers share a line; within a line the next question starts at the last sentence.
        foreach (var line in prompt.Body.Split('\n'))
        {
            var pending = "";
            var marks = line.Split('?');
            for (var i = 0; i + 1 < marks.Length && questions.Count < PromptReader.MaxItems; i++)
            {
                var text = i == 0 ? Intro.Replace(marks[0], "") : pending;
                var answers = marks[i + 1];
                if (i + 2 < marks.Length && SentenceStart.Match(answers) is { Success: true } next)
                {
                    pending = next.Groups[1].Value;
                    answers = answers[..next.Index];
                }
                else
                {
                    pending = "";
                }

                if (Parse(text, answers) is { } question)
                {
                    questions.Add(question);
                }
            }
        }

        return questions;
    }

    private static QuizQuestion? Parse(string text, string answers)
    {
        var question = PromptReader.Clean(Number.Replace(text, "").Trim(' ', ',', ';', '"', '-', '–', '.'), PromptReader.MaxItemLength);
        var list = answers.Trim(' ', '-', '–', ':', '.');
        var parts = list.Contains('/') ? list.Split('/') : list.Contains('|') ? list.Split('|') : [.. PromptReader.SplitItems(list)];
        var clean = parts.Select(part => (IsMarked: Marked.IsMatch(part), Text: PromptReader.Capitalise(PromptReader.CleanItem(Marked.Replace(part, " ")))))
            .Where(part => part.Text.Length > 0).DistinctBy(part => part.Text, StringComparer.OrdinalIgnoreCase).Take(8).ToList();
        return question.Length > 0 && clean.Count >= 2
            ? new(PromptReader.Capitalise(question) + "?", [.. clean.Select(part => part.Text)], Math.Max(0, clean.FindIndex(part => part.IsMarked)))
            : null;
    }
}
