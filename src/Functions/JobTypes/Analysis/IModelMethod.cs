using System.Text.Json;

namespace Jobs.Functions.JobTypes.Analysis;

/// <summary>A question to an AI model: what one batch asks.</summary>
/// <param name="Document">The id of the document that it is about.</param>
/// <param name="Text">The question, with the part of the document that it is about.</param>
/// <param name="Items">How many things are asked about.</param>
public sealed record ModelQuestionPart(string Document, string Text, int Items);

/// <summary>A model's answer.</summary>
/// <param name="Document">The id of the document that was asked about.</param>
/// <param name="Json">What it answered, which <see cref="IModelMethod{TSubject}.Check"/> has taken.</param>
public sealed record ModelAnswerPart(string Document, JsonElement Json);

/// <summary>How an AI model looks at documents: what it is asked, batch by batch, and what is made of its answers. Nothing that it says of a document's words is believed unchecked.</summary>
/// <typeparam name="TSubject">What is looked at.</typeparam>
public interface IModelMethod<in TSubject>
{
    /// <summary>What the model is told before each question.</summary>
    string Instructions { get; }

    /// <summary>The JSON Schema of an answer.</summary>
    JsonElement Schema { get; }

    /// <summary>The questions.</summary>
    IReadOnlyList<ModelQuestionPart> QuestionsOf(TSubject subject, CancellationToken cancellationToken);

    /// <summary>Throws <see cref="JsonException"/> for an answer that is not as the schema says.</summary>
    void Check(JsonElement answer);

    /// <summary>Makes the result; <paramref name="model"/> is the model's name.</summary>
    object Conclude(TSubject subject, IReadOnlyList<ModelAnswerPart> answers, string model, CancellationToken cancellationToken);
}
