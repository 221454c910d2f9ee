using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Kiln.Runtime.Builtins;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Stacks;
using Kiln.Runtime.Vm;
using Xunit;

namespace Kiln.Runtime.Tests;

public sealed class VmLayoutTests
{
    [Fact]
    public void Structures_Fields_StandWhereTheContractSays()
    {
        Assert.Equal(VmContextLayout.Magic, Offset<VmContext>(nameof(VmContext.Magic)));
        Assert.Equal(VmContextLayout.StoreContext, Offset<VmContext>(nameof(VmContext.Store)));
        Assert.Equal(VmContextLayout.Builtins, Offset<VmContext>(nameof(VmContext.Builtins)));
        Assert.Equal(VmContextLayout.TypeIds, Offset<VmContext>(nameof(VmContext.TypeIds)));
        Assert.Equal(VmContextLayout.Size, Unsafe.SizeOf<VmContext>());

        Assert.Equal(VmStoreContextLayout.FuelLeft, Offset<VmStoreContext>(nameof(VmStoreContext.FuelLeft)));
        Assert.Equal(VmStoreContextLayout.Interrupt, Offset<VmStoreContext>(nameof(VmStoreContext.Interrupt)));
        Assert.Equal(VmStoreContextLayout.PublicSize, Offset<VmStoreContext>(nameof(VmStoreContext.Store)));

        Assert.Equal(VmMemoryLayout.Base, Offset<VmMemory>(nameof(VmMemory.Base)));
        Assert.Equal(VmMemoryLayout.ByteLength, Offset<VmMemory>(nameof(VmMemory.ByteLength)));
        Assert.Equal(VmMemoryLayout.Size, Unsafe.SizeOf<VmMemory>());

        Assert.Equal(VmTableLayout.Base, Offset<VmTable>(nameof(VmTable.Base)));
        Assert.Equal(VmTableLayout.Length, Offset<VmTable>(nameof(VmTable.Length)));
        Assert.Equal(VmTableLayout.Size, Unsafe.SizeOf<VmTable>());

        Assert.Equal(VmFunctionImportLayout.Code, Offset<VmFunctionImport>(nameof(VmFunctionImport.Code)));
        Assert.Equal(VmFunctionImportLayout.VmContext, Offset<VmFunctionImport>(nameof(VmFunctionImport.Context)));
        Assert.Equal(VmFunctionImportLayout.Size, Unsafe.SizeOf<VmFunctionImport>());

        Assert.Equal(VmFuncRefLayout.Code, Offset<VmFuncRef>(nameof(VmFuncRef.Code)));
        Assert.Equal(VmFuncRefLayout.VmContext, Offset<VmFuncRef>(nameof(VmFuncRef.Context)));
        Assert.Equal(VmFuncRefLayout.TypeId, Offset<VmFuncRef>(nameof(VmFuncRef.TypeId)));
        Assert.Equal(VmFuncRefLayout.FunctionIndex, Offset<VmFuncRef>(nameof(VmFuncRef.FunctionIndex)));
        Assert.Equal(VmFuncRefLayout.Private, Offset<VmFuncRef>(nameof(VmFuncRef.Owner)));
        Assert.Equal(VmFuncRefLayout.Size, Unsafe.SizeOf<VmFuncRef>());

        Assert.Equal(HostContextLayout.Magic, Offset<HostContext>(nameof(HostContext.Magic)));
        Assert.Equal(HostContextLayout.Stub, Offset<HostContext>(nameof(HostContext.Stub)));
        Assert.Equal(HostContextLayout.PublicSize, Offset<HostContext>(nameof(HostContext.Store)));

        Assert.Equal(ValueSlotLayout.Size, Unsafe.SizeOf<ValueSlot>());
    }

    [Fact]
    public void Activation_Size_IsWhatMaskingRspRelaysOn() => Assert.Equal(Activation.Size, Unsafe.SizeOf<Activation>());

    [Fact]
    public void FaultRange_Fields_StandWhereTheHandlerReadsThem() => Assert.Equal(48, Unsafe.SizeOf<FaultRange>());

    [Fact]
    public void Builtins_AllButTheMachineCode_HaveBodies()
    {
        foreach (BuiltinRow row in BuiltinTable.Rows) Assert.Equal(row.Index is Builtin.MemoryCopy or Builtin.MemoryFill, BuiltinBodies.Address(row.Index) == 0);
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
