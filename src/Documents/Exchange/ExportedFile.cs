namespace Jobs.Documents.Exchange;

/// <summary>A file that was written.</summary>
/// <param name="Rows">How many rows it has, a header not counted.</param>
/// <param name="Bytes">How many bytes it has.</param>
/// <param name="Sha256">Its SHA-256, in hexadecimal digits.</param>
public sealed record ExportedFile(long Rows, long Bytes, string Sha256);
