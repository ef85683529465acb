/**
 * The generator, which runs during the build. It reads and checks the model's YAML files, and writes the package
 * org.jxapi.xenapi, the API reference in docs/api and the OpenRPC description.
 */
@NullMarked
package org.jxapi.datamodel.generator;

import org.jspecify.annotations.NullMarked;
