#!/bin/sh
echo prerm
