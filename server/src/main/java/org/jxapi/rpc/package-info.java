/** XML-RPC and JSON-RPC. It reads calls, and writes answers byte for byte as XAPI does, straight from typed values. */
@NullMarked
package org.jxapi.rpc;

import org.jspecify.annotations.NullMarked;
