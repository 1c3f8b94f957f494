/**
 * A small stand-in for the parts of Homebrew that read a file: it evaluates a formula or a cask as Ruby does, for one
 * platform after the other, and prints what would be downloaded and installed there, one JSON object per line. Blocks
 * that run at install time (hooks, tests, services) are read but not run.
 *
 * ruby dsl.rb FILE OS-ARCH…
 */
export const DSL = `# frozen_string_literal: true

require "json"

# Answers to every message with itself: stands for paths, formulas, commands.
class Anything < BasicObject
  def method_missing(*) = self
  def respond_to_missing?(*) = true
  def to_s = "anything"
  def to_str = "anything"
  def inspect = "anything"
end

class Bin < Anything
  def install(*files)
    files.each { |one| ($seen["bin"] ||= []).concat(one.is_a?(::Hash) ? one.to_a : [[one, ::File.basename(one)]]) }
  end
end

module OS
  def self.mac? = $os == "darwin"
  def self.linux? = $os == "linux"
end

module Hardware
  module CPU
    def self.arm? = $arch.start_with?("arm")
    def self.intel? = $arch == "amd64"
    def self.is_64_bit? = $arch != "arm"
    def self.arch = $arch.to_sym
  end
end

# Download strategies and the like are named, not used.
class Object
  def self.const_missing(name) = name
end

module Kernel
  def require_relative(*) = true
end

module Platforms
  def on_macos = (yield if OS.mac?)
  def on_linux = (yield if OS.linux?)
  def on_arm = (yield if Hardware::CPU.arm?)
  def on_intel = (yield if Hardware::CPU.intel?)

  def url(address, **) = $seen["url"] = address
  def sha256(digest) = $seen["sha256"] = digest

  def version(given = nil)
    $seen["version"] = given unless given.nil?
    $seen["version"]
  end

  def depends_on(what = nil, **)
    $seen["refused"] = true if (what == :macos && !OS.mac?) || (what == :linux && !OS.linux?)
  end

  # All other stanzas are read, and mean nothing here.
  def method_missing(*) = nil

  def respond_to_missing?(*) = true
end

class Formula
  extend Platforms

  class << self
    # A method of Ruby, which the others would find first.
    def test(*) = nil
    def inherited(one) = $formula = one
  end

  def bin = Bin.new
  def method_missing(*) = Anything.new
  def respond_to_missing?(*) = true
  def system(*) = true
end

class CaskFile
  include Platforms

  def name(*) = nil

  def binary(source, target: nil)
    ($seen["bin"] ||= []) << [source, target || File.basename(source)]
  end
end

def cask(token, &block)
  $seen["token"] = token
  CaskFile.new.instance_eval(&block)
end

file, *platforms = ARGV
text = File.read(file)
platforms.each do |platform|
  $os, $arch = platform.split("-")
  $seen = { "platform" => platform }
  $formula = nil
  # Anew for each platform: what a file defines must not stay.
  Object.send(:remove_const, $last) if $last
  eval(text, TOPLEVEL_BINDING.dup, file)
  $last = $formula&.name&.to_sym
  if $formula
    $seen["class"] = $formula.name
    $formula.new.install if $seen["url"]
  end
  puts JSON.generate($seen)
end
`
