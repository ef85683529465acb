/**
 * The syntaxes of other tools' configurations: the Python of xm and xl, and XML. Readers execute nothing, open no other
 * file, and bound what they make of a text. They know nothing of virtual machines.
 */
@NullMarked
package org.jxapi.neighbour.syntax;

import org.jspecify.annotations.NullMarked;
