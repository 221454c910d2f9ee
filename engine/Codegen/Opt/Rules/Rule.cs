namespace Kiln.Codegen.Opt.Rules;

/// <summary>
/// The names of the rules, in the order in which they stand in the files of this folder. A rule that no case below
/// tests/Codegen.Tests/filetests/rules makes fire fails a test.
/// </summary>
internal enum Rule : ushort
{
    /// <summary>No rule.</summary>
    None,

    // ArithmeticRules
    IaddZero, IaddOfSumAndConst, IaddOfDifferenceFromConst, IaddDifferenceAndSubtrahend, IaddSubtrahendAndDifference,
    IaddNegated, IaddNegatedFirst, IaddConstLastOfSecond, IaddConstLastOfFirst, IaddNotAndConst, IaddTwice, IsubSame,
    IsubConst, IsubFromAllOnes, IsubNegated, IsubDifferenceFromMinuend, IsubNegatedDifference, IsubSumFromConst,
    IsubSecondFromSum, IsubFirstFromSum, IsubSumFromFirst, IsubSumFromSecond, ImulZero, ImulOne, ImulMinusOne, ImulPow2,
    ImulOfProductAndConst, ImulOfShiftAndConst,

    // DivisionRules
    UdivOne, UdivPow2, UdivByGreater, UdivNarrow, UremPow2, UremByGreater, UremConst, SdivOne, SdivNotNegative, SremOne,
    SremNotNegative, SremConst, UdivProduct32, UdivLongProduct32, UdivProduct64, UdivLongProduct64, SdivCorrectedProduct,
    SdivProduct, SdivMinusPow2, SdivPow2,

    // BitRules
    BandSame, BandZero, BandAllOnes, BandOfMaskAndConst, BandCoversAllBits, BandDropsOredBits, BandSextend8,
    BandSextend16, BandSextend32, BandSextend, BandWithOrOfIt, BandOrWithTerm, BandOfExtensions, BandOfExtensionAndConst,
    BorSame, BorZero, BorAllOnes, BorOfOrAndConst, BorDisjointConst, BorDisjointShiftFirst, BorDisjointShiftSecond,
    BorWithAndOfIt, BorAndWithTerm, BorRotationLeftFirst, BorRotationRightFirst, BorByteSwap, BxorSame, BxorZero, BxorOfXorAndConst,
    BxorXorWithSecond, BxorXorWithFirst, BxorInvertedCompare, BswapTwice,

    // ShiftRules
    IshlZero, IshlCountModulo, IshlTwice, IshlTwiceOut, IshlAfterShiftRight, IshlOfMask, IshlOfSum, IshlMaskedCount,
    UshrZero, UshrCountModulo, UshrTwice, UshrTwiceOut, UshrAfterShiftLeft, UshrMaskedCount, UshrOfMask, UshrOfSmall,
    SshrZero, SshrCountModulo, SshrAsSextend8, SshrAsSextend16, SshrAsSextend32, SshrTwice, SshrMaskedCount,
    SshrNotNegative, RotlZero, RotlCountModulo, RotlTwice, RotlByteSwap, RotlMaskedCount, RotrConst, RotrMaskedCount,

    // ExtendRules
    Sextend8OfByte, Sextend8OfWider, Sextend8OfMask, Sextend8OfSmall, Sextend16OfHalf, Sextend16OfWider, Sextend16OfMask,
    Sextend16OfSmall, Sextend32OfWord, Sextend32OfUextend, Sextend32OfMask, Sextend32OfSmall, SextendOfIreduce,
    SextendOfSmall, UextendOfIreduce, UextendOfSum, UextendOfShift, IreduceOfExtension, IreduceOfSextend32, IreduceOfMask,
    IreduceOfArithmetic, IreduceOfShiftRight, IreduceOfShiftLeft,

    // CompareRules
    IcmpSame, IcmpEqNegatedIcmp, IcmpEqNegatedFcmpEq, IcmpEqNegatedFcmpNe, IcmpEqOfBool, IcmpEqOfExtendedBool,
    IcmpEqOutOfRange, IcmpEqOfSum, IcmpEqOfSingleBit, IcmpEqOfShift, IcmpEqOfDifference, IcmpEqOfXorAndConst, IcmpEqOfBswapAndConst,
    IcmpSignedAsUnsigned, IcmpNotNegativeWithNegative, IcmpUltZero, IcmpUgeZero, IcmpUgtMax, IcmpUleMax, IcmpSltLeast,
    IcmpSgeLeast, IcmpSgtGreatest, IcmpSleGreatest, IcmpUltOne, IcmpUgeOne, IcmpUleZero, IcmpUgtZero, IcmpUgeMax,
    IcmpUltMax, IcmpUltInRange, IcmpUgeInRange, IcmpUleInRange, IcmpUgtInRange, IcmpOfUextends, IcmpOfSextends,
    IcmpOfUextendAndConst, IcmpOfSextendAndConst,

    // SelectRules
    SelectSame, SelectConst, SelectOnEqualsZero, SelectOnNotZero, SelectBool, SelectOneOrZero, SelectZeroOrOne,
    SelectWideBool, SelectOfEqual, SelectOfDifferent, SelectIncrement, SelectDecrement, SelectWideIncrement,
    SelectOfSelectFirst, SelectOfSelectSecond,
    SpectreGuardConst, SpectreGuardUltInRange, SpectreGuardUleInRange,

    // FloatRules
    FnegTwice, FabsTwice, FabsOfSignChange, FcopysignSame, FcopysignFromAbs, FcopysignOfSignChange, FaddNegated,
    FaddNegatedFirst, FsubNegated, FcvtFromSintOfSextend, FcvtFromUintOfUextend, FcvtFromUintNotNegative64,
    FcvtFromUintNotNegative32, FmulBothNegated, FmulTwo64, FmulTwo32, FdivBothNegated, FdivPow2Of64, FdivPow2Of32,
    BitcastBack,

    // VectorRules
    ViaddZeros, ViaddNegated, ViaddNegatedFirst, VisubSame, VisubZeros, VisubFromZeros, VisubNegated, VimulZeros,
    VimulPow2, VinegTwice, VinegOfDifference, VextremumSame, VshiftZero, VshiftOfZeros, VshiftCountModulo,
    VshiftMaskedCount, VfnegTwice, VfabsTwice, VfabsOfNegated,

    // VectorBitRules
    VandSame, VandZeros, VandOnes, VandOfMaskAndConst, VandNotSecond, VandNotFirst, VandnotSame, VandnotOfZeros,
    VandnotOfOnes, VandnotConst, VandnotNotSecond, VorSame, VorZeros, VorOnes, VorOfOrAndConst, VorBlend,
    VorBlendMaskFirst, VorBlendSwapped, VorBlendSwappedMaskFirst, VxorSame, VxorZeros, VxorOnes, VxorOfXorAndConst,
    VxorXorWithSecond, VxorXorWithFirst, VnotTwice, VnotOfNotEqual, VnotOfFloatEqual, VnotOfFloatNotEqual, VbitselectSame,
    VbitselectZeroMask, VbitselectOnesMask, VbitselectZeroSecond, VbitselectZeroFirst, VbitselectOnesFirst,
    VbitselectNotMask,

    // VectorLaneRules
    VsplatOfLane, VsplatOfMask, VsplatOfSextend8, VsplatOfSextend16, VextractLaneOfSplat, VextractLaneOfInserted,
    VextractLaneBesideInserted, VsextractLaneOfSplat, VsextractLaneOfInserted, VsextractLaneBesideInserted,
    VinsertLaneOwnLane, VinsertLaneTwice, VinsertLaneIntoSplat, VinsertLaneOfLane, VshuffleSecondTwice, VshuffleFirstOnly,
    VshuffleSecondOnly, VshuffleIdentity, VshuffleOfSplat, VshuffleTwice, VswizzleConst,
}
