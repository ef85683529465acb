/**
 * The commands of xe, one file per noun. Each declares its parameters, a line of help and the API calls that it makes.
 * Help, completion and docs/cli.md come from the same declarations.
 */
@NullMarked
package org.jxapi.cli.command;

import org.jspecify.annotations.NullMarked;
