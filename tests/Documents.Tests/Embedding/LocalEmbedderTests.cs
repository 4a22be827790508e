using System.Numerics.Tensors;
using Jobs.Documents.Embedding;
using Jobs.Documents.Wording;

namespace Jobs.Documents.Tests.Embedding;

public sealed class LocalEmbedderTests
{
    private static readonly LocalEmbedder Embedder = new();

    [Theory]
    [InlineData("The cat sat on the mat.", "A feline was resting on the rug.", "Quarterly revenue rose by ten percent.")]
    [InlineData("The system must encrypt data at rest.", "All stored information is encrypted with AES-256.", "The lift is repaired in May.")]
    [InlineData("Parents order lunch online.", "Mothers and fathers book meals on the website.", "The drug is given in the morning.")]
    public async Task Paraphrase_is_nearer_than_a_stranger(string text, string paraphrase, string stranger)
    {
        var vectors = await Embedder.EmbedAsync([text, paraphrase, stranger], default);
        Assert.True(Cosine(vectors[0], vectors[1]) > Cosine(vectors[0], vectors[2]) + 0.05);
    }

    [Fact]
    public async Task Question_is_nearest_to_its_answer()
    {
        IEmbedder embedder = Embedder;
        var question = await embedder.EmbedQueriesAsync(["Where did the cat sit?"], default);
        var answers = await embedder.EmbedAsync(["The budget was approved.", "The cat sat on the mat.", "It rains."], default);
        Assert.Equal(1, Array.IndexOf(answers, answers.MaxBy(answer => Cosine(question[0], answer))));
        Assert.True(Cosine(question[0], (await embedder.EmbedAsync(["Where did the cat sit?"], default))[0]) < 0.999, "A question has the model's prefix.");
    }

    [Fact]
    public async Task Vectors_have_length_one_whatever_the_text()
    {
        string[] texts = ["", " ", "\u6771\u4EAC", "\u0645\u0631\u062D\u0628\u0627", "\uD800", "\0\u0001", new('x', 5_000), string.Concat(Enumerable.Repeat("many words ", 5_000)), "[SEP] [CLS] [PAD]"];
        var vectors = await Embedder.EmbedAsync(texts, default);
        Assert.All(vectors, vector => Assert.Equal(1, TensorPrimitives.Norm(vector.Span), 0.0001f));
        Assert.All(vectors, vector => Assert.Equal(Embedder.Dimensions, vector.Length));
    }

    [Fact]
    public async Task Batches_give_what_single_texts_give_in_their_order()
    {
        string[] texts = [.. Enumerable.Range(0, 24).Select(i => string.Concat(Enumerable.Repeat($"text {i} ", 1 + (i * 7 % 24))))];
        var together = await Embedder.EmbedAsync(texts, default);
        foreach (var i in new[] { 0, 5, 23 })
        {
            Assert.True(Cosine(together[i], (await Embedder.EmbedAsync([texts[i]], default))[0]) > 0.9999);
        }
    }

    [Fact]
    public async Task Same_texts_give_the_same_bits_and_callers_at_once_do_not_disturb_each_other()
    {
        string[] texts = ["One text.", "Another, longer text about something else.", "A third."];
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new LocalEmbedder().EmbedAsync(texts, default)));
        Assert.All(all, vectors => Assert.Equal(all[0].Select(vector => vector.ToArray()), vectors.Select(vector => vector.ToArray())));
    }

    [Fact]
    public async Task Case_and_marks_make_no_difference()
    {
        var vectors = await Embedder.EmbedAsync(["Caf\u00E9 OL\u00C9", "cafe ole"], default);
        Assert.Equal(vectors[1].ToArray(), vectors[0].ToArray());
    }

    [Fact]
    public async Task More_texts_than_the_limit_are_refused()
    {
        Assert.Empty(await Embedder.EmbedAsync([], default));
        await Assert.ThrowsAsync<TextTooLongException>(() => Embedder.EmbedAsync(new string[LocalEmbedder.MaxTexts + 1], default));
    }

    [Fact]
    public async Task Text_is_read_up_to_the_limit_of_characters()
    {
        var blanks = new string(' ', LocalEmbedder.MaxCharacters - "word".Length);
        var vectors = await Embedder.EmbedAsync(["", "word", blanks + "word", blanks + "    word"], default);
        Assert.Equal(vectors[1].ToArray(), vectors[2].ToArray());
        Assert.Equal(vectors[0].ToArray(), vectors[3].ToArray());
    }

    [Fact]
    public async Task Cancelled_token_stops_it()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Embedder.EmbedAsync(["text"], cancelled.Token));
    }

    [Fact]
    public void Text_has_as_many_tokens_as_the_model_reads_at_most()
    {
        var words = WordPieces.OfLocalModel;
        Assert.Equal(LocalEmbedder.MaxTokens, words.Encode(string.Concat(Enumerable.Repeat("a ", LocalEmbedder.MaxTokens - 2)), LocalEmbedder.MaxTokens).Length);
        Assert.Equal(LocalEmbedder.MaxTokens, words.Encode(string.Concat(Enumerable.Repeat("a ", LocalEmbedder.MaxTokens - 1)), LocalEmbedder.MaxTokens).Length);
        Assert.Equal(4, words.Count("embeddings"));
        Assert.Equal(3, words.Count("[SEP]"));
    }

    private static float Cosine(ReadOnlyMemory<float> left, ReadOnlyMemory<float> right) => TensorPrimitives.Dot(left.Span, right.Span);
}
