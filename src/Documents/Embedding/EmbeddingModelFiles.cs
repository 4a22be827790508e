namespace Jobs.Documents.Embedding;

/// <summary>Where the model's files are: beside the app, where build/EmbeddingModel.targets puts them.</summary>
internal static class EmbeddingModelFiles
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "models", "arctic-embed-xs");

    /// <summary>The model in the ONNX format.</summary>
    public static string Model { get; } = Path.Combine(Folder, "model.onnx");

    /// <summary>The words and parts of words that the model knows, one a line.</summary>
    public static string Vocabulary { get; } = Path.Combine(Folder, "vocab.txt");
}
