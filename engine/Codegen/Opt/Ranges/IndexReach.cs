namespace Kiln.Codegen.Opt.Ranges;

/// <summary>
/// How far outside of the 4 GiB that a 32-bit index spans an access may reach, if what branches say of the index is wrong: a processor that
/// predicts a branch wrongly goes on with an index that the branch excludes.
/// </summary>
/// <param name="Below">Bytes below the base that hold nothing.</param>
/// <param name="Above">Bytes above the base + 4 GiB that hold nothing.</param>
public readonly record struct IndexReach(int Below, int Above);
