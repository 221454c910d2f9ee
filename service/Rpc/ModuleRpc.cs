using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Grpc.Core;
using Kiln.Service.Cache;
using Kiln.Service.Modules;
using Kiln.V1;

namespace Kiln.Service.Rpc;

/// <summary>kiln.v1.ModuleService.</summary>
internal sealed class ModuleRpc(ModuleStore store, Uploads uploads, ModuleSources sources, CodeCache code, Engine engine) : ModuleService.ModuleServiceBase
{
    private const int MaxDigests = 1000;
    private const int MaxChunk = 1 << 20;

    /// <inheritdoc/>
    public override Task<FindMissingModulesResponse> FindMissingModules(FindMissingModulesRequest request, ServerCallContext context)
    {
        if (request.Digests.Count > MaxDigests) throw RpcErrors.InvalidField("digests", "at most 1000");
        var response = new FindMissingModulesResponse();
        for (int i = 0; i < request.Digests.Count; i++)
        {
            if (!store.Contains(ModuleSources.ReadDigest(request.Digests[i], $"digests[{i}]"))) response.Missing.Add(request.Digests[i]);
        }

        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override async Task<UploadModuleResponse> UploadModule(IAsyncStreamReader<UploadModuleRequest> requestStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken) || requestStream.Current.MessageCase != UploadModuleRequest.MessageOneofCase.Header)
        {
            throw RpcErrors.InvalidField("header", "must be the first message");
        }

        UploadHeader header = requestStream.Current.Header;
        Hash256 digest = ModuleSources.ReadDigest(header.Digest, "header.digest");
        if (header.Digest.SizeBytes is 0 or > long.MaxValue) throw RpcErrors.InvalidField("header.digest.size_bytes", "must be the module's length");
        if (header.Offset > header.Digest.SizeBytes) throw RpcErrors.InvalidField("header.offset", "is after the module's end");
        long size = (long)header.Digest.SizeBytes;
        var response = new UploadModuleResponse { Digest = ModuleSources.ToMessage(digest, size), AlreadyExisted = true };
        if (store.Contains(digest)) return response;

        await using Uploads.Upload upload = uploads.Open(digest, size, (long)header.Offset);
        while (!upload.IsComplete && await requestStream.MoveNext(context.CancellationToken))
        {
            if (requestStream.Current.MessageCase != UploadModuleRequest.MessageOneofCase.Chunk) throw RpcErrors.InvalidField("chunk", "must follow the header");
            if (requestStream.Current.Chunk.Length > MaxChunk) throw RpcErrors.InvalidField("chunk", "at most 1 MiB");
            await upload.AppendAsync(requestStream.Current.Chunk.Memory, context.CancellationToken);
        }

        upload.Complete();
        response.AlreadyExisted = false;
        return response;
    }

    /// <inheritdoc/>
    public override Task<QueryUploadResponse> QueryUpload(QueryUploadRequest request, ServerCallContext context)
    {
        Hash256 digest = ModuleSources.ReadDigest(request.Digest, "digest");
        bool complete = store.Contains(digest);
        return Task.FromResult(new QueryUploadResponse
        {
            Complete = complete,
            CommittedOffset = complete ? request.Digest.SizeBytes : (ulong)uploads.CommittedOffset(digest),
        });
    }

    /// <inheritdoc/>
    public override Task<DescribeModuleResponse> DescribeModule(DescribeModuleRequest request, ServerCallContext context)
    {
        ModuleContent content = sources.Resolve(request.Module);
        ReadOnlyMemory<byte> bytes = content.Read();
        ModuleInfo module = ModuleInfo.Of(engine, bytes);
        var response = new DescribeModuleResponse
        {
            Digest = ModuleSources.ToMessage(content.Digest, bytes.Length),
            Name = module.Name,
            IsText = !Module.IsBinary(bytes.Span),
            IsCompiled = code.Contains(content.Digest),
        };
        uint functions = (uint)module.FunctionCount;
        foreach (ImportType import in module.Imports)
        {
            if (import.Type.Kind == ExternKind.Func) functions++;
            response.Imports.Add(new ImportDescription { Module = import.Module, Name = import.Name, Type = Values.ToMessage(import.Type) });
        }

        response.FunctionCount = functions;
        foreach (ExportType export in module.Exports)
        {
            response.Exports.Add(new ExportDescription { Name = export.Name, Type = Values.ToMessage(export.Type) });
        }

        List<BinarySection> sections = BinarySections.List(bytes.Span);
        foreach (BinarySection section in sections)
        {
            response.Sections.Add(new SectionDescription { Id = section.Id, Name = section.Name, Offset = (ulong)section.Offset, SizeBytes = (ulong)section.Size });
        }

        return Task.FromResult(response);
    }
}
