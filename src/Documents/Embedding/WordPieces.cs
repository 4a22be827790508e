using Jobs.Documents.Wording;
using Microsoft.ML.Tokenizers;

namespace Jobs.Documents.Embedding;

/// <summary>The tokens of the local embedding model: parts of words, without regard to case and marks.</summary>
public sealed class WordPieces
{
    private static readonly Lazy<WordPieces> Loaded = new(() => new(EmbeddingModelFiles.Vocabulary));

    private readonly BertTokenizer _tokenizer;

    private WordPieces(string vocabulary) =>
        // What looks like a token of the model's own in a text is text.
        _tokenizer = BertTokenizer.Create(vocabulary, new BertOptions { SplitOnSpecialTokens = false });

    /// <summary>The tokens of the model beside the app; read once.</summary>
    public static WordPieces OfLocalModel => Loaded.Value;

    internal int Padding => _tokenizer.PaddingTokenId;

    /// <summary>How many tokens a text is, without the two that the model adds. A word of more than 100 characters is one.</summary>
    public int Count(ReadOnlySpan<char> text) => text.IsEmpty ? 0 : _tokenizer.CountTokens(LatinFolding.Fold(text));

    /// <summary>What the model reads of a text: at most <paramref name="most"/> tokens, the two that mark its ends among them.</summary>
    internal int[] Encode(ReadOnlySpan<char> text, int most)
    {
        var tokens = _tokenizer.EncodeToIds(LatinFolding.Fold(text), addSpecialTokens: false);
        return [_tokenizer.ClassificationTokenId, .. tokens.Take(most - 2), _tokenizer.SeparatorTokenId];
    }
}
