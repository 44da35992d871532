/**
 * Tests of the documents: what they say of settings, reasons, metrics, fields, paths and classes is so. They read Markdown as this
 * repository writes it: tables with leading bars, fenced YAML, indented commands.
 */
@NullMarked
package dev.keyferry.docs;

import org.jspecify.annotations.NullMarked;
