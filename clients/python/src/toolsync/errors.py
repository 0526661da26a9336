"""What failed calls mean."""

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status


def error_reason(error: grpc.RpcError) -> str | None:
    """The machine-readable reason of a failed call, in upper case; None where the server gave none."""
    status = rpc_status.from_call(error)
    info = error_details_pb2.ErrorInfo()
    return next((info.reason for detail in (status.details if status else ()) if detail.Unpack(info)), None)


def is_lost_connection(error: Exception) -> bool:
    """Whether the call may go through when it is made again: the server is away, or the stream was cut."""
    if not isinstance(error, grpc.RpcError):
        return isinstance(error, ConnectionError)
    return error.code() is grpc.StatusCode.UNAVAILABLE or "RST_STREAM" in (error.details() or "")
