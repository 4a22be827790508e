using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace Jobs.Documents.Embedding;

/// <summary>
/// The loaded model. It is read from its file, which takes half the memory of reading it from bytes, and has no arena: what a batch takes is given back after it. Its threads are half
/// of the machine's processors, since the API and everything else go on beside it, and they do not spin while they wait.
/// </summary>
internal sealed class EmbeddingSession
{
    private const int MaxThreads = 4;

    private static readonly string[] Inputs = ["input_ids", "attention_mask", "token_type_ids"];

    private readonly InferenceSession _session;

    public EmbeddingSession(string modelPath)
    {
        using var options = new SessionOptions
        {
            EnableCpuMemArena = false,
            EnableMemoryPattern = false,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            InterOpNumThreads = 1,
            IntraOpNumThreads = Math.Clamp(Environment.ProcessorCount / 2, 1, MaxThreads),
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        _session = new(modelPath, options);
    }

    /// <summary>The vectors of texts, given as their tokens, each of length 1.</summary>
    public float[][] Run(int[][] texts, int padding, CancellationToken cancellationToken)
    {
        var width = texts.Max(text => text.Length);
        var (ids, mask) = (new long[texts.Length * width], new long[texts.Length * width]);
        Array.Fill(ids, padding);
        for (var i = 0; i < texts.Length; i++)
        {
            for (var j = 0; j < texts[i].Length; j++)
            {
                ids[(i * width) + j] = texts[i][j];
                mask[(i * width) + j] = 1;
            }
        }

        long[] shape = [texts.Length, width];
        using var idsValue = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var typesValue = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], shape);
        using var options = new RunOptions();
        using var stop = cancellationToken.Register(() => options.Terminate = true);
        try
        {
            using var outputs = _session.Run(options, Inputs, [idsValue, maskValue, typesValue], _session.OutputNames);
            return VectorsOf(outputs[0].GetTensorDataAsSpan<float>(), texts.Length, width);
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>The model says what a text means at its first token.</summary>
    private static float[][] VectorsOf(ReadOnlySpan<float> states, int count, int width)
    {
        var numbers = states.Length / count / width;
        var vectors = new float[count][];
        for (var i = 0; i < count; i++)
        {
            var state = states.Slice(i * width * numbers, numbers);
            vectors[i] = new float[numbers];
            TensorPrimitives.Divide(state, TensorPrimitives.Norm(state), vectors[i]);
        }

        return vectors;
    }
}
